//! Random lives of tasks, over the store alone and over HTTP: after every step each answer is held against a ledger of
//! what was said before, and against the promises of `docs/PROTOCOL.md`.

mod driver;
mod ledger;
mod steps;

use driver::{Driver, HttpDriver, StoreDriver};
use ledger::Ledger;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use std::marker::PhantomData;
use steps::{Drawn, Step};
use tokio::runtime::{Builder, Runtime};

/// Steps are drawn without knowing of answers: what they name is counted modulo what there is when they are taken.
struct Machine<D>(PhantomData<D>);

/// A server under test, and what it has said.
struct Life<D> {
    driver: D,
    ledger: Ledger,
    runtime: Runtime,
}

impl<D: Driver> StateMachineTest for Machine<D> {
    type SystemUnderTest = Life<D>;
    type Reference = Drawn;

    fn init_test(_: &<Drawn as ReferenceStateMachine>::State) -> Life<D> {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let driver = runtime.block_on(D::new());
        let ledger = Ledger::new(driver.now());
        Life { driver, ledger, runtime }
    }

    fn apply(mut life: Life<D>, _: &<Drawn as ReferenceStateMachine>::State, step: Step) -> Life<D> {
        let Life { driver, ledger, runtime } = &mut life;
        runtime.block_on(async {
            ledger.take(driver, &step).await;
            ledger.look_at_all(driver, &step).await;
        });
        life
    }

    fn teardown(mut life: Life<D>, _: <Drawn as ReferenceStateMachine>::State) {
        let Life { driver, ledger, runtime } = &mut life;
        // Whatever happened: a month later everything has ended.
        runtime.block_on(ledger.outlive(driver));
    }
}

fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() }
}

prop_state_machine! {
    #![proptest_config(cases(96))]
    #[test]
    fn over_the_store(sequential 1..80 => Machine<StoreDriver>);
}

prop_state_machine! {
    #![proptest_config(cases(24))]
    #[test]
    fn over_http(sequential 1..60 => Machine<HttpDriver>);
}
