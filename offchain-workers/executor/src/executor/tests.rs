use super::*;
use crate::multiply::{Matrix, Multiplier};
use crate::Adapter;
use lattice_tensor::{testing, Range};
use std::sync::atomic::AtomicU8;

const FINE: u8 = 0;
const DEAD: u8 = 1;
const SILENT: u8 = 2;

/// A device in a state that a test sets.
struct Moody {
    inner: Box<dyn Multiplier>,
    state: &'static AtomicU8,
}

impl Multiplier for Moody {
    fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
        let mut product = self.inner.multiply(matrix, x, batch)?;
        match self.state.load(Ordering::Relaxed) {
            DEAD => Err("it fell off the bus".into()),
            // A kernel that did not run leaves what was there.
            SILENT => {
                product.fill(0.0);
                Ok(product)
            }
            _ => Ok(product),
        }
    }
}

/// The processor as it is, and every other device in the state.
fn moody(
    device: Device,
    matrices: Vec<Matrix>,
    state: &'static AtomicU8,
) -> Result<Box<dyn Multiplier>, ExecutorError> {
    let inner = multiply::load(Device::Cpu, matrices)?;
    if device == Device::Cpu {
        return Ok(inner);
    }
    Ok(Box::new(Moody { inner, state }))
}

fn model() -> Arc<Model> {
    Arc::new(testing::random_mlp(
        5,
        &[40, 20, 6],
        Range { lo: -9, hi: 9 },
    ))
}

const GPU: Device = Device::Cuda(0);

/// An executor on a GPU that is fine so far.
fn on_gpu(load: Load) -> BurnExecutor {
    let chosen = choose(vec![Ok(GPU)], model(), load).unwrap();
    assert!(chosen.skipped.is_empty());
    assert_eq!(chosen.executor.device(), GPU);
    assert_eq!(chosen.executor.fallback(), None);
    chosen.executor
}

fn check(executor: &BurnExecutor, seed: u64) {
    let input = testing::random_input(seed, executor.model());
    let expected = lattice_tensor::trace(executor.model(), &input).unwrap();
    assert_eq!(executor.trace(&input).unwrap(), expected);
    let batch = executor
        .trace_batch(&[input.as_slice(), input.as_slice()])
        .unwrap();
    assert_eq!(batch, [expected.clone(), expected]);
}

#[test]
fn a_device_that_fails_at_work_is_left_and_the_input_runs_again() {
    static STATE: AtomicU8 = AtomicU8::new(FINE);
    let executor = on_gpu(|device, matrices| moody(device, matrices, &STATE));
    check(&executor, 1);
    assert_eq!(executor.device(), GPU);
    STATE.store(DEAD, Ordering::Relaxed);
    check(&executor, 2);
    assert_eq!(executor.device(), Device::Cpu);
    let skipped = executor.fallback().unwrap();
    assert_eq!(skipped.device, GPU);
    assert_eq!(
        skipped.reason.to_string(),
        "cuda:0 failed: it fell off the bus"
    );
    // For good.
    STATE.store(FINE, Ordering::Relaxed);
    check(&executor, 3);
    assert_eq!(executor.device(), Device::Cpu);
    assert_eq!(executor.self_test(), Ok(()));
}

#[test]
fn a_device_that_computes_nothing_and_does_not_say_so_is_left_too() {
    static STATE: AtomicU8 = AtomicU8::new(FINE);
    let executor = on_gpu(|device, matrices| moody(device, matrices, &STATE));
    STATE.store(SILENT, Ordering::Relaxed);
    check(&executor, 4);
    let reason = &executor.fallback().unwrap().reason;
    assert!(reason.to_string().contains("is wrong"), "{reason}");
}

#[test]
fn a_fallback_is_told_once_however_many_threads_meet_it() {
    static STATE: AtomicU8 = AtomicU8::new(FINE);
    let executor = on_gpu(|device, matrices| moody(device, matrices, &STATE));
    assert_eq!(executor.take_fallback(), None);
    STATE.store(DEAD, Ordering::Relaxed);
    let told = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|seed| {
                let executor = &executor;
                scope.spawn(move || {
                    check(executor, seed);
                    usize::from(executor.take_fallback().is_some())
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum::<usize>()
    });
    assert_eq!(told, 1);
    assert!(executor.fallback().is_some());
}

#[test]
fn a_device_that_was_asked_for_alone_is_not_replaced() {
    static STATE: AtomicU8 = AtomicU8::new(FINE);
    let graph = tested(GPU, model(), |device, matrices| {
        moody(device, matrices, &STATE)
    });
    let executor = BurnExecutor::of(graph.unwrap(), None);
    STATE.store(DEAD, Ordering::Relaxed);
    let input = testing::random_input(1, executor.model());
    assert!(matches!(
        executor.trace(&input),
        Err(ExecutorError::Failed { device: GPU, .. })
    ));
    assert_eq!(executor.device(), GPU);
    assert_eq!(executor.fallback(), None);
}

mod choose {
    use super::*;

    const MISSING: Device = Device::Cuda(7);
    const HALF: Device = Device::Wgpu(Adapter::Discrete(0));
    const GOOD: Device = Device::Wgpu(Adapter::Integrated(0));

    fn half(y: f32) -> f32 {
        f32::from_bits(y.to_bits() & !0x1fff)
    }

    struct Half(Box<dyn Multiplier>);

    impl Multiplier for Half {
        fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
            let product = self.0.multiply(matrix, x, batch)?;
            Ok(product.into_iter().map(half).collect())
        }
    }

    fn load(device: Device, matrices: Vec<Matrix>) -> Result<Box<dyn Multiplier>, ExecutorError> {
        let inner = multiply::load(Device::Cpu, matrices)?;
        match device {
            MISSING => Err(ExecutorError::Unavailable {
                device,
                reason: "no such GPU".into(),
            }),
            HALF => Ok(Box::new(Half(inner))),
            _ => Ok(inner),
        }
    }

    #[test]
    fn the_first_device_that_is_there_and_exact_with_the_reasons_for_the_others() {
        let unasked = ExecutorError::Unavailable {
            device: GPU,
            reason: "no driver".into(),
        };
        let candidates = vec![Err(unasked.clone()), Ok(MISSING), Ok(HALF), Ok(GOOD)];
        let chosen = super::super::choose(candidates, model(), load).unwrap();
        assert_eq!(chosen.executor.device(), GOOD);
        check(&chosen.executor, 1);
        let devices: Vec<_> = chosen
            .skipped
            .iter()
            .map(|skipped| skipped.device)
            .collect();
        assert_eq!(devices, [GPU, MISSING, HALF]);
        assert_eq!(chosen.skipped[0].reason, unasked);
        let inexact = chosen.skipped[2].reason.to_string();
        assert!(inexact.starts_with("wgpu:0 misses a bit"), "{inexact}");
    }

    #[test]
    fn the_processor_when_no_other_does() {
        let chosen = super::super::choose(vec![Ok(HALF)], model(), load).unwrap();
        assert_eq!(chosen.executor.device(), Device::Cpu);
        assert_eq!(chosen.skipped.len(), 1);
        let chosen = BurnExecutor::choose(Device::Cpu.into(), model()).unwrap();
        assert_eq!(
            (chosen.executor.device(), chosen.skipped),
            (Device::Cpu, vec![])
        );
    }

    #[test]
    fn a_driver_is_not_asked_when_one_before_it_does() {
        let unasked = std::iter::from_fn(|| -> Option<Candidate> { panic!("it was asked") });
        let candidates = [Ok(MISSING), Ok(GOOD)].into_iter().chain(unasked);
        let chosen = super::super::choose(candidates, model(), load).unwrap();
        assert_eq!(chosen.executor.device(), GOOD);
    }

    #[test]
    fn something_exact_unasked_on_every_machine() {
        let chosen = BurnExecutor::choose(DeviceChoice::Auto, model()).unwrap();
        check(&chosen.executor, 1);
    }

    #[cfg(not(feature = "wgpu"))]
    #[test]
    fn nothing_in_place_of_a_device_that_is_not_built_in() {
        let error = BurnExecutor::choose(HALF.into(), model()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "wgpu:0 is not in this build; build with `--features wgpu`"
        );
    }
}

mod a_device_that_hangs {
    use super::*;
    use crate::multiply::remote::{self, Patience};
    use std::{sync::atomic::AtomicUsize, thread, time::Duration};

    const LONG: Duration = Duration::from_secs(600);

    /// A device whose products do not come any more once it hangs.
    struct Hanging {
        inner: Box<dyn Multiplier>,
        hangs: &'static AtomicBool,
        /// Products that did not come.
        begun: &'static AtomicUsize,
    }

    impl Multiplier for Hanging {
        fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
            if self.hangs.load(Ordering::Relaxed) {
                self.begun.fetch_add(1, Ordering::Relaxed);
                thread::sleep(LONG);
            }
            self.inner.multiply(matrix, x, batch)
        }
    }

    fn hanging(
        device: Device,
        matrices: Vec<Matrix>,
        patience: Patience,
        (hangs, begun): (&'static AtomicBool, &'static AtomicUsize),
    ) -> Result<Box<dyn Multiplier>, ExecutorError> {
        let inner = multiply::load(Device::Cpu, matrices)?;
        if device == Device::Cpu {
            return Ok(inner);
        }
        let start = move || Hanging {
            inner,
            hangs,
            begun,
        };
        remote::load(device, start, patience)
    }

    #[test]
    fn is_waited_for_by_one_of_the_models_that_are_loaded() {
        // No other test has this device.
        const DEVICE: Device = Device::Cuda(40_000);
        static HANGS: AtomicBool = AtomicBool::new(true);
        static BEGUN: AtomicUsize = AtomicUsize::new(0);
        let load: Load = |device, matrices| {
            let patience = Patience {
                first: Duration::from_secs(3),
                again: LONG,
            };
            hanging(device, matrices, patience, (&HANGS, &BEGUN))
        };
        let skipped = [(); 3].map(|()| {
            let chosen = choose(vec![Ok(DEVICE)], model(), load).unwrap();
            assert_eq!(chosen.executor.device(), Device::Cpu);
            check(&chosen.executor, 1);
            chosen.skipped[0].reason.to_string()
        });
        assert_eq!(BEGUN.load(Ordering::Relaxed), 1);
        assert_eq!(skipped[0], "cuda:40000 failed: no answer within 3s");
        let later = "cuda:40000 is not available: it was given up before: no answer within 3s";
        assert_eq!(skipped[1..], [later, later]);
    }

    #[test]
    fn at_work_is_waited_for_by_one_of_its_models_and_left_by_all() {
        const DEVICE: Device = Device::Cuda(40_001);
        static HANGS: AtomicBool = AtomicBool::new(false);
        static BEGUN: AtomicUsize = AtomicUsize::new(0);
        let load: Load = |device, matrices| {
            let patience = Patience {
                first: LONG,
                again: Duration::from_secs(5),
            };
            hanging(device, matrices, patience, (&HANGS, &BEGUN))
        };
        let executors = [(); 3].map(|()| {
            let chosen = choose(vec![Ok(DEVICE)], model(), load).unwrap();
            assert_eq!(chosen.executor.device(), DEVICE);
            chosen.executor
        });
        HANGS.store(true, Ordering::Relaxed);
        for executor in &executors {
            check(executor, 1);
            assert_eq!(executor.device(), Device::Cpu);
        }
        assert_eq!(BEGUN.load(Ordering::Relaxed), 1);
    }
}
