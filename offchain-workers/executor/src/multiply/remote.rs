//! A device whose work is all done by one thread.
//!
//! cubecl keeps a stream with memory of its own for each thread that it meets, up to 128, and the
//! threads of a worker come and go. With one thread for a model there is one stream. And a device
//! that hangs holds that thread, while whoever waits for it gives up after a time.

use super::{said, Multiplier};
use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// How long one step may take: loading a model, or a product. The longest product is some seconds
/// on a slow device, and the first of a shape compiles a kernel.
#[cfg(any(feature = "cuda", feature = "wgpu"))]
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// A multiplier in a thread, which ends when this is dropped.
pub(super) struct Remote {
    jobs: mpsc::Sender<Job>,
    patience: Duration,
}

struct Job {
    matrix: usize,
    x: Vec<f32>,
    batch: usize,
    answer: mpsc::SyncSender<Result<Vec<f32>, String>>,
}

impl Remote {
    /// Loads a multiplier in the thread that will use it; on failure what the backend said.
    pub fn start<M: Multiplier + 'static>(
        load: impl FnOnce() -> M + Send + 'static,
        patience: Duration,
    ) -> Result<Self, String> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let (loaded, ready) = mpsc::sync_channel(1);
        thread::Builder::new()
            .name("accelerator".into())
            .spawn(move || match catch_unwind(AssertUnwindSafe(load)) {
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
            })
            .map_err(|error| error.to_string())?;
        await_answer(&ready, patience)?;
        Ok(Self { jobs, patience })
    }
}

impl Multiplier for Remote {
    fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
        let (answer, answered) = mpsc::sync_channel(1);
        let job = Job {
            matrix,
            x,
            batch,
            answer,
        };
        self.jobs.send(job).map_err(|_| ENDED.to_string())?;
        await_answer(&answered, self.patience)
    }
}

const ENDED: &str = "its thread has ended";

fn await_answer<T>(
    answered: &mpsc::Receiver<Result<T, String>>,
    patience: Duration,
) -> Result<T, String> {
    match answered.recv_timeout(patience) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => Err(format!("no answer within {patience:?}")),
        Err(RecvTimeoutError::Disconnected) => Err(ENDED.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// Answers with its input, unless that says otherwise.
    struct Echo;

    impl Multiplier for Echo {
        fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
            match matrix {
                0 => Ok(x),
                1 => Err(format!("no product of {batch}")),
                2 => {
                    thread::sleep(Duration::from_millis(500));
                    Ok(x)
                }
                _ => panic!("it burns"),
            }
        }
    }

    #[test]
    fn products_and_failures_come_back_to_many_at_once() {
        let remote = Remote::start(|| Echo, LONG).unwrap();
        thread::scope(|scope| {
            for number in 0..8u8 {
                let remote = &remote;
                scope.spawn(move || {
                    let x = vec![f32::from(number)];
                    assert_eq!(remote.multiply(0, x.clone(), 1), Ok(x));
                });
            }
        });
        assert_eq!(
            remote.multiply(1, vec![], 3),
            Err("no product of 3".to_string())
        );
    }

    #[test]
    fn a_panic_at_the_start_is_told() {
        let refused = Remote::start(|| -> Echo { panic!("no GPU {}", 7) }, LONG);
        assert_eq!(refused.err(), Some("no GPU 7".to_string()));
    }

    #[test]
    fn a_device_that_hangs_is_not_waited_for() {
        let remote = Remote::start(|| Echo, Duration::from_millis(20)).unwrap();
        let error = remote.multiply(2, vec![1.0], 1).unwrap_err();
        assert!(error.contains("no answer within 20ms"), "{error}");
    }

    #[test]
    fn a_thread_that_died_is_told_now_and_later() {
        let remote = Remote::start(|| Echo, LONG).unwrap();
        for _ in 0..2 {
            assert_eq!(remote.multiply(3, vec![], 1), Err(ENDED.to_string()));
        }
    }
}
