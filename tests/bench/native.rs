//! The walk on this machine itself, printed as JSON.

#[cfg(not(target_arch = "wasm32"))]
#[global_allocator]
static HEAP: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

#[cfg(not(target_arch = "wasm32"))]
#[expect(clippy::print_stdout, reason = "what a bench is for")]
fn main() {
    let began = std::time::Instant::now();
    let samples =
        liaison_bench::walk::walk(|| began.elapsed().as_secs_f64() * 1_000.0, || HEAP.current_usage() as u64);
    println!("{}", liaison_bench::walk::as_json(&samples));
}

#[cfg(target_arch = "wasm32")]
fn main() {}
