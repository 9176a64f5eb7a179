//! `./build.sh model`: visits every state of every run and prints the tables of `docs/MODEL.md`. With `big`, the bounds
//! that take minutes; with a part of a run's name, that run alone. Ends badly when a run is not what it should be.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use liaison_model::front::Front;
use liaison_model::runs::{self, Run};
use liaison_model::told;
use std::process::ExitCode;
use std::thread::available_parallelism;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    let big = arguments.next_if_eq("big").is_some();
    let only = arguments.next();
    let wanted = |run: &Run| only.as_ref().is_none_or(|only| run.name.contains(only.as_str()));
    let threads = available_parallelism().map_or(1, usize::from);
    let mut wrong = 0;
    println!("{:<54} {:>9} {:>5} {:>7}  result", "run", "states", "depth", "seconds");
    for run in runs::sound(big).iter().filter(|run| wanted(run)) {
        let found = runs::check(&run.rules, threads);
        println!("{}", told::row(run.name, &found));
        if let Some((_, path)) = &found.broken {
            println!("{}", told::path(&run.rules, path));
        }
        wrong += u32::from(found.broken.is_some() || !found.missing.is_empty());
    }
    if only.is_none() {
        for (keyed, guarded, name) in [
            (true, true, "caller: key and guard"),
            (true, false, "caller: key"),
            (false, true, "caller: guard"),
        ] {
            let found = runs::check_front(Front { keyed, guarded, posts: 3 });
            println!("{}", told::row(name, &found));
            wrong += u32::from(found.broken.is_some() || !found.missing.is_empty());
        }
        let found = runs::check_front(Front { keyed: false, guarded: false, posts: 2 });
        println!("{}", told::row("broken: caller without both", &found));
        wrong += u32::from(found.broken.is_none());
    }
    for (what, runs) in [("beyond", runs::beyond()), ("broken", runs::mutants())] {
        for run in runs.iter().filter(|run| wanted(run)) {
            // One thread, so that the way is a shortest one.
            let found = runs::check(&run.rules, 1);
            println!("{}", told::row(&format!("{what}: {}", run.name), &found));
            if let Some((_, path)) = found.broken.as_ref().filter(|_| only.is_some()) {
                println!("{}", told::path(&run.rules, path));
            }
            wrong += u32::from(found.broken.is_none());
        }
    }
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
