//! Decisions a second on one core, and how they grow with statements and wildcards.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "benchmarks"
)]

mod worlds;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use worlds::World;

fn sizes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    group.throughput(Throughput::Elements(1));
    for (name, world, allowed) in [
        ("small", World::small(), true),
        ("medium", World::medium(), true),
        ("large", World::large(), true),
    ] {
        world.run(|decide| {
            assert_eq!(decide().is_allowed(), allowed, "{name}: {}", decide());
            group.bench_function(name, |bencher| bencher.iter(|| black_box(decide())));
        });
    }
    group.finish();
}

fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("statements");
    for count in [25, 100, 400, 1_600] {
        group.throughput(Throughput::Elements(count as u64));
        World::with_statements(count).run(|decide| {
            group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
                bencher.iter(|| black_box(decide()));
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("wildcards");
    for stars in [16, 64, 256] {
        group.throughput(Throughput::Elements(stars as u64));
        World::with_stars(stars).run(|decide| {
            assert!(!decide().is_allowed());
            group.bench_function(BenchmarkId::from_parameter(stars), |bencher| {
                bencher.iter(|| black_box(decide()));
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("variables");
    for stars in [16, 64, 256] {
        group.throughput(Throughput::Elements(stars as u64));
        World::with_variables(stars).run(|decide| {
            assert!(!decide().is_allowed());
            group.bench_function(BenchmarkId::from_parameter(stars), |bencher| {
                bencher.iter(|| black_box(decide()));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, sizes, growth);
criterion_main!(benches);
