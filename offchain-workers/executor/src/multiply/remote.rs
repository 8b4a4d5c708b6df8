//! A model on a device, all of whose work is done by one thread.
//!
//! cubecl keeps a stream with memory of its own for each thread that it meets, up to 128, and the
//! threads of a worker come and go. With one thread for a model there is one stream. And a device
//! that hangs holds that thread, while whoever waits for it gives up after a time.

use super::accelerator::{in_thread, Accelerator};
use super::{said, Multiplier};
use crate::{Device, ExecutorError};
use std::{
    collections::HashMap,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{mpsc, Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long one step may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Loading a model, and the first product of a shape, which compiles a kernel.
    pub first: Duration,
    /// A product of a shape that there was before; at least [`MARGIN`] times as long as that took.
    pub again: Duration,
}

/// The longest product is some seconds on a slow device.
#[cfg(any(feature = "cuda", feature = "wgpu"))]
pub(super) const PATIENCE: Patience = Patience {
    first: Duration::from_secs(120),
    again: Duration::from_secs(5),
};

/// How much longer than before a product may take.
const MARGIN: u32 = 2;

/// A multiplier in a thread, which ends when this is dropped.
struct Remote {
    accelerator: Arc<Accelerator>,
    jobs: mpsc::Sender<Job>,
    patience: Patience,
    /// The longest time of each matrix and number of inputs.
    times: Mutex<HashMap<(usize, usize), Duration>>,
}

struct Job {
    matrix: usize,
    x: Vec<f32>,
    batch: usize,
    answer: mpsc::SyncSender<Result<Vec<f32>, String>>,
}

/// Loads a multiplier in the thread that will use it.
///
/// # Errors
/// [`ExecutorError::Unavailable`] with what the backend said, or that it was given up before.
pub(crate) fn load<M: Multiplier + 'static>(
    device: Device,
    load: impl FnOnce() -> M + Send + 'static,
    patience: Patience,
) -> Result<Box<dyn Multiplier>, ExecutorError> {
    match Remote::start(device, load, patience) {
        Ok(remote) => Ok(Box::new(remote)),
        Err(reason) => Err(ExecutorError::Unavailable { device, reason }),
    }
}

impl Remote {
    fn start<M: Multiplier + 'static>(
        device: Device,
        load: impl FnOnce() -> M + Send + 'static,
        patience: Patience,
    ) -> Result<Self, String> {
        let accelerator = Accelerator::of(device);
        let (jobs, queue) = mpsc::channel::<Job>();
        accelerator.step(patience.first, || {
            let (loaded, ready) = mpsc::sync_channel(1);
            in_thread(move || match catch_unwind(AssertUnwindSafe(load)) {
                Ok(multiplier) => {
                    // Whoever does not wait any more needs no answer, here and below.
                    let _ = loaded.send(Ok(()));
                    for job in queue {
                        let product = multiplier.multiply(job.matrix, job.x, job.batch);
                        let _ = job.answer.send(product);
                    }
                }
                Err(panic) => {
                    let _ = loaded.send(Err(said(panic.as_ref())));
                }
            })?;
            Ok(ready)
        })?;
        Ok(Self {
            accelerator,
            jobs,
            patience,
            times: Mutex::default(),
        })
    }

    fn times(&self) -> MutexGuard<'_, HashMap<(usize, usize), Duration>> {
        // Nothing in between leaves them invalid.
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn patience(&self, shape: (usize, usize)) -> Duration {
        let Patience { first, again } = self.patience;
        self.times().get(&shape).map_or(first, |longest| {
            longest.saturating_mul(MARGIN).max(again).min(first)
        })
    }
}

impl Multiplier for Remote {
    fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
        let shape = (matrix, batch);
        let (product, time) = self.accelerator.step(self.patience(shape), || {
            let (answer, answered) = mpsc::sync_channel(1);
            let job = Job {
                matrix,
                x,
                batch,
                answer,
            };
            // Where there is no thread any more, nobody answers either.
            let _ = self.jobs.send(job);
            Ok(answered)
        })?;
        let mut times = self.times();
        let longest = times.entry(shape).or_default();
        *longest = time.max(*longest);
        Ok(product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicU16, Ordering},
        thread,
    };

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(20);
    const PATIENT: Patience = Patience {
        first: LONG,
        again: LONG,
    };
    /// What a matrix of [`Echo`] does.
    const RIGHT: usize = 0;
    const REFUSED: usize = 1;
    /// So many seconds as its input says.
    const SLOW: usize = 2;
    const FATAL: usize = 3;
    const FOREVER: f32 = f32::INFINITY;

    /// A device that no other test has, as one that is given up stays so.
    fn device() -> Device {
        static NEXT: AtomicU16 = AtomicU16::new(50_000);
        Device::Cuda(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Answers with its input, unless the matrix says otherwise.
    struct Echo;

    impl Multiplier for Echo {
        fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
            match matrix {
                RIGHT => Ok(x),
                REFUSED => Err(format!("no product of {batch}")),
                SLOW => {
                    thread::sleep(Duration::try_from_secs_f32(x[0]).unwrap_or(Duration::MAX));
                    Ok(x)
                }
                _ => panic!("it burns"),
            }
        }
    }

    fn on(device: Device, patience: Patience) -> Remote {
        Remote::start(device, || Echo, patience).expect("it starts")
    }

    #[test]
    fn products_and_failures_come_back_to_many_at_once() {
        let remote = on(device(), PATIENT);
        thread::scope(|scope| {
            for number in 0..8u8 {
                let remote = &remote;
                scope.spawn(move || {
                    let x = vec![f32::from(number)];
                    assert_eq!(remote.multiply(RIGHT, x.clone(), 1), Ok(x));
                });
            }
        });
        assert_eq!(
            remote.multiply(REFUSED, vec![], 3),
            Err("no product of 3".to_string())
        );
    }

    #[test]
    fn a_panic_at_the_start_is_told_and_the_device_may_be_tried_again() {
        let device = device();
        let refused = Remote::start(device, || -> Echo { panic!("no GPU {}", 7) }, PATIENT);
        assert_eq!(refused.err(), Some("no GPU 7".to_string()));
        on(device, PATIENT);
    }

    #[test]
    fn a_device_that_hangs_is_waited_for_once_by_all_its_models() {
        let device = device();
        let hasty = Patience {
            first: SHORT,
            again: SHORT,
        };
        let (one, other) = (on(device, PATIENT), on(device, PATIENT));
        let mut hung = on(device, PATIENT);
        hung.patience = hasty;
        let error = hung.multiply(SLOW, vec![FOREVER], 1).unwrap_err();
        assert_eq!(error, "no answer within 20ms");
        let given_up = Err("it was given up before: no answer within 20ms".to_string());
        for remote in [one, other, hung] {
            assert_eq!(remote.multiply(RIGHT, vec![1.0], 1), given_up);
        }
        let later = load(device, || -> Echo { panic!("it was loaded") }, PATIENT);
        let reason = later.err().map(|error| error.to_string());
        assert!(
            reason.is_some_and(|reason| reason.ends_with("given up before: no answer within 20ms"))
        );
    }

    #[test]
    fn a_shape_that_there_was_is_not_waited_for_as_long_as_a_new_one() {
        let patience = Patience {
            first: LONG,
            again: SHORT,
        };
        let remote = on(device(), patience);
        assert_eq!(remote.multiply(SLOW, vec![0.0], 1), Ok(vec![0.0]));
        // The same matrix with another number of inputs has a kernel of its own.
        assert_eq!(remote.multiply(SLOW, vec![1.0], 2), Ok(vec![1.0]));
        let error = remote.multiply(SLOW, vec![FOREVER], 1).unwrap_err();
        assert!(error.starts_with("no answer within"), "{error}");
        assert_ne!(error, format!("no answer within {LONG:?}"));
    }

    #[test]
    fn a_slow_shape_may_be_as_slow_again() {
        let patience = Patience {
            first: LONG,
            again: SHORT,
        };
        let remote = on(device(), patience);
        for seconds in [3.0, 1.0] {
            assert_eq!(remote.multiply(SLOW, vec![seconds], 1), Ok(vec![seconds]));
        }
    }

    #[test]
    fn another_models_step_is_not_ones_own_time() {
        let device = device();
        let patience = Patience {
            first: LONG,
            again: Duration::from_secs(3),
        };
        let (slow, quick) = (on(device, patience), on(device, patience));
        assert_eq!(quick.multiply(RIGHT, vec![1.0], 1), Ok(vec![1.0]));
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(slow.multiply(SLOW, vec![4.0], 1), Ok(vec![4.0])));
            thread::sleep(Duration::from_millis(100));
            assert_eq!(quick.multiply(RIGHT, vec![2.0], 1), Ok(vec![2.0]));
        });
    }

    #[test]
    fn a_thread_that_died_is_told_now_and_later() {
        let remote = on(device(), PATIENT);
        let error = remote.multiply(FATAL, vec![], 1).unwrap_err();
        assert_eq!(error, "its thread has ended");
        let error = remote.multiply(RIGHT, vec![], 1).unwrap_err();
        assert_eq!(error, "it was given up before: its thread has ended");
    }
}
