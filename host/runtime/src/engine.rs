//! The sandbox: one for the whole process.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig, Store, Trap};

use crate::bindings;
use crate::cache::{Cache, CacheError};
use crate::error::{EngineError, Failure, LoadError};
use crate::findings;
use crate::gate::Gate;
use crate::inspect;
use crate::limits::Limits;
use crate::measure;
use crate::plugin::Plugin;
use crate::state::{State, Stop};

/// How often the clock of the sandbox ticks: the precision of [`Limits::time`].
const TICK: Duration = Duration::from_millis(10);

/// The core instances, memories and tables that one component may be composed of. A component of
/// wit-component has one module and two helpers; a Python runtime brings a dozen libraries, and a stub
/// for each interface of WASI: 38 in all.
const CORE_INSTANCES: u32 = 64;
const MEMORIES: u32 = 4;
const TABLES: u32 = 16;

/// The sandbox that plugins are loaded into.
///
/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) engine: wasmtime::Engine,
    pub(crate) limits: Limits,
    pub(crate) gate: Gate,
    linker: Linker<State>,
    cache: Option<Cache>,
    /// Whether what plugins execute is counted.
    pub(crate) metered: bool,
}

impl Engine {
    /// A sandbox with these limits; `cache_dir` is where compiled code is kept.
    ///
    /// A cache that cannot be trusted or used is left alone, which costs the compilation of each
    /// plugin; [`Engine::cache_problem`] tells in advance.
    ///
    /// # Errors
    /// If the machine does not have the address space or the limits make no sense.
    pub fn new(limits: &Limits, cache_dir: Option<&Path>) -> Result<Self, EngineError> {
        Self::build(limits, cache_dir, false)
    }

    pub(crate) fn build(
        limits: &Limits,
        cache_dir: Option<&Path>,
        metered: bool,
    ) -> Result<Self, EngineError> {
        let sandbox = |error: wasmtime::Error| EngineError::Sandbox {
            message: format!("{error:#}"),
        };
        let mut config = config(limits);
        config.consume_fuel(metered);
        let engine = wasmtime::Engine::new(&config).map_err(sandbox)?;
        let mut linker = Linker::new(&engine);
        link(&mut linker).map_err(sandbox)?;
        start_clock(&engine).map_err(EngineError::Clock)?;
        let cache = cache_dir.and_then(|folder| match Cache::open(folder) {
            Ok(cache) => Some(cache),
            Err(error) => {
                tracing::warn!(%error, "compiled plugins are not kept");
                None
            }
        });
        Ok(Self {
            shared: Arc::new(Shared {
                engine,
                limits: limits.clone(),
                gate: Gate::new(limits.instances),
                linker,
                cache,
                metered,
            }),
        })
    }

    /// Why compiled code would not be kept in a folder; none if it would.
    #[must_use]
    pub fn cache_problem(cache_dir: &Path) -> Option<CacheError> {
        Cache::open(cache_dir).err()
    }

    /// Makes a plugin of a component: looks at its imports, compiles it or takes the compiled code
    /// from the cache, and lets it describe itself.
    ///
    /// # Errors
    /// Why this is no plugin of ours.
    pub fn load(&self, bytes: &[u8]) -> Result<Plugin, LoadError> {
        let shared = &self.shared;
        let limit = shared.limits.component_bytes;
        if bytes.len() > limit {
            let actual = bytes.len();
            return Err(LoadError::TooLarge { actual, limit });
        }
        inspect::imports(bytes)?;
        let component = shared.compiled(bytes)?;
        let world = |error: wasmtime::Error| LoadError::World {
            version: inspect::CONTRACT,
            message: format!("{error:#}"),
        };
        let instance = shared.linker.instantiate_pre(&component).map_err(world)?;
        let instance = bindings::PluginPre::new(instance).map_err(world)?;
        Plugin::describe(Arc::clone(shared), instance, blake3::hash(bytes))
    }
}

impl Shared {
    fn compiled(&self, bytes: &[u8]) -> Result<Component, LoadError> {
        let key = self.key(bytes);
        if let Some(code) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            // SAFETY: the bytes are what `Engine::precompile_component` gave this user before, for
            // an engine of the same version and settings (the key) and unchanged since (the tag),
            // from a file that nobody else may write (`Cache::get`).
            #[expect(unsafe_code, reason = "compiled code has to be trusted, see above")]
            let component = unsafe { Component::deserialize(&self.engine, &code) };
            match component {
                Ok(component) => return Ok(component),
                Err(error) => tracing::warn!(%error, "a kept plugin cannot be used"),
            }
        }
        let (component, code) = self.compile(bytes)?;
        if let (Some(cache), Some(code)) = (&self.cache, code) {
            cache.put(&key, &code);
        }
        Ok(component)
    }

    /// Validates and compiles in a thread of its own, so that a component made to take for ever is let
    /// go; that thread ends with the process. The code comes along if there is a cache to keep it.
    fn compile(&self, bytes: &[u8]) -> Result<(Component, Option<Vec<u8>>), LoadError> {
        let failed = |message: String| LoadError::Compile { message };
        let (done, compiled) = mpsc::channel();
        let (engine, bytes, keep) = (self.engine.clone(), bytes.to_vec(), self.cache.is_some());
        let compile = move || -> Result<(Component, Option<Vec<u8>>), LoadError> {
            let failed = |error: wasmtime::Error| LoadError::Compile {
                message: format!("{error:#}"),
            };
            inspect::validate(&bytes)?;
            let component = Component::from_binary(&engine, &bytes).map_err(failed)?;
            let code = keep.then(|| component.serialize());
            Ok((component, code.transpose().map_err(failed)?))
        };
        std::thread::Builder::new()
            .name("plugin-compiler".to_owned())
            .spawn(move || {
                // A compiler that meets an input it was never tested with may panic; the plugin is
                // to blame, not the scan. Nobody listens any more after the time is up.
                let _ = done.send(catch_unwind(AssertUnwindSafe(compile)));
            })
            .map_err(|error| failed(format!("no thread for the compiler: {error}")))?;
        let limit = self.limits.compile_time;
        compiled
            .recv_timeout(limit)
            .map_err(|_| LoadError::CompileTime { limit })?
            .map_err(|_| failed("the compiler panicked".to_owned()))?
    }

    /// Everything that decides the compiled code: the component, and of the engine its version,
    /// target and settings.
    fn key(&self, bytes: &[u8]) -> blake3::Hash {
        let mut settings = DefaultHasher::new();
        self.engine
            .precompile_compatibility_hash()
            .hash(&mut settings);
        let mut key = blake3::Hasher::new();
        key.update(b"blastwall compiled plugin 1");
        key.update(&settings.finish().to_le_bytes());
        key.update(bytes);
        key.finalize()
    }

    /// A store with all limits set, its time running.
    pub(crate) fn store(&self, state: State) -> Store<State> {
        let limits = Arc::clone(&state.limits);
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| state);
        store.set_hostcall_fuel(limits.call_bytes);
        // Before anything runs: instantiating may run code too. One tick more, because the next
        // one may come at once.
        let ticks = limits.time.as_millis() / TICK.as_millis() + 1;
        store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX));
        store.epoch_deadline_trap();
        if self.metered {
            measure::fill(&mut store);
        }
        store
    }

    /// What ended an instance, by type.
    pub(crate) fn failure(&self, state: &State, error: &wasmtime::Error) -> Failure {
        if let Some(Stop(failure)) = error.downcast_ref::<Stop>() {
            return failure.clone();
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Failure::OutOfTime {
                limit: state.limits.time,
            },
            Some(Trap::StackOverflow) => Failure::OutOfStack {
                limit: state.limits.stack,
            },
            trap => Failure::Trap {
                message: trap.map_or_else(|| format!("{error:#}"), Trap::to_string),
                said: state.said(),
            },
        }
    }
}

/// Everything that a plugin can import.
fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    use bindings::{log, organization, policy, resources, types};
    type Own = HasSelf<State>;
    types::add_to_linker::<State, Own>(linker, |state| state)?;
    resources::add_to_linker::<State, Own>(linker, |state| state)?;
    organization::add_to_linker::<State, Own>(linker, |state| state)?;
    policy::add_to_linker::<State, Own>(linker, |state| state)?;
    log::add_to_linker::<State, Own>(linker, |state| state)?;
    findings::add_to_linker(linker)
}

fn config(limits: &Limits) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    let instances = limits.instances.max(1);
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES))
        .total_memories(instances.saturating_mul(MEMORIES))
        .total_tables(instances.saturating_mul(TABLES))
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_tables_per_module(TABLES)
        .max_memory_size(limits.memory)
        .table_elements(limits.table_elements);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack)
        // Same input, same findings, on every processor.
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true);
    config
}

/// One thread ticks for all instances, for as long as the engine is there.
fn start_clock(engine: &wasmtime::Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("plugin-clock".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })
        .map(drop)
}
