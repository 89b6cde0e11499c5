//! The allocator of a plugin.
//!
//! A check that says something allocates its message and lets it go a moment later, and a document
//! is a few dozen small strings: with the allocator of the standard library (dlmalloc) that was a
//! fifth of the time of simple checks. What is small comes from lists of free blocks here, one list
//! for each size, which is a few instructions; what is large goes on to the standard library.
//!
//! A small block stays one of its size for as long as the instance lives, which is one evaluation.
//! Resources are read page by page and each page frees what the one before it took, so the lists do
//! not grow with the account. A crate was not worth its weight: the general allocators for
//! WebAssembly are about as fast as dlmalloc, and this needs no generality.

#![allow(
    unsafe_code,
    reason = "an allocator hands out memory; each use says why it may"
)]

use core::cell::Cell;
use core::ptr;
use std::alloc::{GlobalAlloc, Layout, System};

/// Sizes are rounded up to this, which is also the alignment of every small block.
const STEP: usize = 16;
/// The largest small block.
const LARGEST: usize = 512;
/// What is taken from the standard library at a time: a page of WebAssembly.
const REGION: usize = 64 * 1024;

/// A free block: its first bytes lead to the next.
struct Free {
    next: *mut Free,
}

struct Allocator {
    /// Free blocks of 16, 32, … bytes.
    free: [Cell<*mut Free>; LARGEST / STEP],
    /// The part of the last region that was never handed out.
    fresh: Cell<*mut u8>,
    left: Cell<usize>,
}

// SAFETY: the target has one thread; with the feature `atomics` this file does not build.
unsafe impl Sync for Allocator {}

#[cfg(target_feature = "atomics")]
compile_error!("the allocator of plugins is for one thread");

#[global_allocator]
static ALLOCATOR: Allocator = Allocator {
    free: [const { Cell::new(ptr::null_mut()) }; LARGEST / STEP],
    fresh: Cell::new(ptr::null_mut()),
    left: Cell::new(0),
};

impl Allocator {
    /// The list for a layout; none if it is not small.
    #[inline]
    fn list(&self, layout: Layout) -> Option<&Cell<*mut Free>> {
        if layout.align() > STEP {
            return None;
        }
        self.free.get(layout.size().wrapping_sub(1) / STEP)
    }

    /// A block that was never handed out.
    #[cold]
    #[inline(never)]
    fn carve(&self, size: usize) -> *mut u8 {
        let size = size.next_multiple_of(STEP);
        if self.left.get() < size {
            // SAFETY: the layout has a size and an alignment that is a power of two. What is left
            // of the region before is less than a block and is given up.
            let region = unsafe { System.alloc(Layout::from_size_align_unchecked(REGION, STEP)) };
            if region.is_null() {
                return region;
            }
            self.fresh.set(region);
            self.left.set(REGION);
        }
        let block = self.fresh.get();
        // SAFETY: `size` bytes are left from here on.
        self.fresh.set(unsafe { block.add(size) });
        self.left.set(self.left.get() - size);
        block
    }
}

// SAFETY: a block is in a list or handed out, never both; blocks do not overlap, because each is
// carved once; a layout leads to the same list (or to the standard library) when it is allocated
// and when it is freed.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(list) = self.list(layout) else {
            // SAFETY: handed on as it came.
            return unsafe { System.alloc(layout) };
        };
        let first = list.get();
        if first.is_null() {
            return self.carve(layout.size());
        }
        // SAFETY: what is in a list was written by `dealloc` and is nobody else's.
        list.set(unsafe { (*first).next });
        first.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some(list) = self.list(layout) else {
            // SAFETY: handed on as it came.
            return unsafe { System.dealloc(block, layout) };
        };
        let block: *mut Free = block.cast();
        // SAFETY: the caller gives the block back; it has room for a pointer and its alignment.
        unsafe { block.write(Free { next: list.get() }) };
        list.set(block);
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that `size` with this alignment is a layout.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (self.list(layout), self.list(wanted)) {
            // SAFETY: handed on as it came.
            (None, None) => return unsafe { System.realloc(block, layout, size) },
            (Some(one), Some(other)) if ptr::eq(one, other) => return block,
            _ => {}
        }
        // SAFETY: the layout is one, see above.
        let moved = unsafe { self.alloc(wanted) };
        if !moved.is_null() {
            // SAFETY: both have that many bytes, and they are two blocks.
            unsafe { ptr::copy_nonoverlapping(block, moved, layout.size().min(size)) };
            // SAFETY: the caller gives the old block up.
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}
