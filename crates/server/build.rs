//! The migrations are compiled in; without this cargo would not notice a new one.

fn main() {
    // Cargo's own channel is stdout.
    #[expect(clippy::print_stdout, reason = "how a build script speaks to cargo")]
    {
        println!("cargo:rerun-if-changed=migrations");
    }
}
