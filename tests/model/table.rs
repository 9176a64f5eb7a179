//! Prints the table.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]
use liaison_model::runs;

fn main() {
    let only = std::env::args().nth(1);
    for run in runs::sound(false) {
        if only.as_ref().is_some_and(|only| only != run.name) { continue; }
        let found = runs::check(&run.rules, 2);
        println!("{:10} {:>9} states depth {:>3} {:>6.1?} missing {:?}", run.name, found.states, found.depth, found.took, found.missing);
        if let Some((name, path)) = found.broken {
            println!("  BROKEN {name}");
            println!("{}", runs::path_in_words(&run.rules, &path));
        }
    }
}
