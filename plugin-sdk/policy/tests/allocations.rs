//! A decision on compiled policies allocates nothing.
#![allow(
    unsafe_code,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a counting allocator cannot do without unsafe, and this is a test"
)]

#[path = "../benches/worlds/mod.rs"]
mod worlds;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use blastwall_policy::cases::Case;
use blastwall_policy::decide;
use serde_json::Value;
use worlds::World;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged; the count is a plain thread-local
// without destructor, so that touching it allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(run: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    run();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn the_count_counts() {
    assert_eq!(allocations(|| drop(vec![0_u8; 64])), 1);
}

#[test]
fn deciding_allocates_nothing() {
    for (name, world) in [
        ("small", World::small()),
        ("medium", World::medium()),
        ("large", World::large()),
    ] {
        world.run(|decide| {
            // Lists that are built once are not the request's.
            drop(decide());
            assert_eq!(allocations(|| drop(decide())), 0, "{name}");
        });
    }
}

/// Every rule and operator that the cases know.
#[test]
fn deciding_cases_allocates_nothing() {
    for file in [
        include_str!("data/iam-cases.json"),
        include_str!("data/more-cases.json"),
    ] {
        let Ok(Value::Object(file)) = serde_json::from_str(file) else {
            panic!("not JSON");
        };
        for value in file["cases"].as_array().into_iter().flatten() {
            let case = Case::from_value(value).unwrap_or_else(|error| panic!("{error}"));
            case.with_layers(|request, layers| {
                drop(decide(request, layers));
                let count = allocations(|| drop(decide(request, layers)));
                assert_eq!(count, 0, "{:?}", case.id());
            });
        }
    }
}
