//! What all models on one accelerator share: its turn, and whether it was given up.
//!
//! A driver that hangs holds whoever asks it. So whoever asks waits no longer than its patience, and
//! what was waited for in vain once is not asked again: neither by this model nor by another.

use super::said;
use crate::Device;
use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        mpsc::{self, Receiver, RecvTimeoutError},
        Arc, Mutex, PoisonError,
    },
    thread,
    time::{Duration, Instant},
};

/// How long a driver is waited for that is asked which devices there are.
#[cfg(any(feature = "cuda", feature = "wgpu"))]
pub(crate) const ASKING: Duration = Duration::from_secs(60);

/// How long is waited without looking at what is left of the patience.
const SLICE: Duration = Duration::from_secs(1);

/// A device, the same for all its models in this process.
pub(super) struct Accelerator {
    /// Held during a step, so that the time of one is not spent on another's; and why there will be no
    /// more steps, once one had no answer.
    given_up: Mutex<Option<String>>,
}

impl Accelerator {
    /// The one of a device.
    pub fn of(device: Device) -> Arc<Self> {
        static MET: Mutex<Vec<(Device, Arc<Accelerator>)>> = Mutex::new(Vec::new());
        let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, accelerator)) = met.iter().find(|(other, _)| *other == device) {
            return Arc::clone(accelerator);
        }
        let accelerator = Arc::new(Self {
            given_up: Mutex::new(None),
        });
        met.push((device, Arc::clone(&accelerator)));
        accelerator
    }

    /// Begins a step when it is its turn; gives its answer, and how long that took.
    ///
    /// # Errors
    /// What the backend said. If it said nothing within the patience, or its thread has ended, the
    /// device is given up: this and each later step say so, those at once.
    pub fn step<T>(
        &self,
        patience: Duration,
        begin: impl FnOnce() -> Result<Receiver<Result<T, String>>, String>,
    ) -> Result<(T, Duration), String> {
        // A step that panics leaves this as it was.
        let mut given_up = self.given_up.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = given_up.as_deref() {
            return Err(format!("it was given up before: {reason}"));
        }
        let begun = Instant::now();
        let answered = begin()?;
        match await_answer(&answered, patience) {
            Ok(answer) => Ok((answer?, begun.elapsed())),
            Err(silence) => {
                *given_up = Some(silence.clone());
                Err(silence)
            }
        }
    }
}

/// What a driver answers in a thread of its own; why it does not, if it panics or hangs.
pub(crate) fn within<T: Send + 'static>(
    patience: Duration,
    ask: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let (answer, answered) = mpsc::sync_channel(1);
    in_thread(move || {
        let answered = catch_unwind(AssertUnwindSafe(ask)).map_err(|panic| said(panic.as_ref()));
        // Whoever does not wait any more needs no answer.
        let _ = answer.send(answered);
    })?;
    await_answer(&answered, patience)?
}

/// Starts a thread for a driver.
pub(super) fn in_thread(work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    let thread = thread::Builder::new().name("accelerator".into());
    thread
        .spawn(work)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// The answer; why there is none.
fn await_answer<T>(answered: &Receiver<T>, patience: Duration) -> Result<T, String> {
    in_slices(patience, |slice| answered.recv_timeout(slice))
}

/// Waits slice after slice until the patience is spent. A slice costs no more than its own length: when
/// this process is paused or its machine moved, the driver's thread stands still as well, and a deadline
/// would have passed before that could answer.
fn in_slices<T>(
    patience: Duration,
    mut wait: impl FnMut(Duration) -> Result<T, RecvTimeoutError>,
) -> Result<T, String> {
    let mut left = patience;
    while !left.is_zero() {
        let slice = left.min(SLICE);
        match wait(slice) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Timeout) => left = left.saturating_sub(slice),
            Err(RecvTimeoutError::Disconnected) => return Err("its thread has ended".into()),
        }
    }
    Err(format!("no answer within {patience:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_driver_answers_panics_or_is_not_waited_for() {
        assert_eq!(within(LONG, || 7), Ok(7));
        let panicked = within(LONG, || -> u8 { panic!("no loader {}", 7) });
        assert_eq!(panicked, Err("no loader 7".to_string()));
        let hung = within(Duration::from_millis(20), || thread::sleep(LONG));
        assert_eq!(hung, Err("no answer within 20ms".to_string()));
    }

    #[test]
    fn a_pause_of_this_process_costs_a_driver_one_slice() {
        let short = Duration::from_millis(20);
        let patience = SLICE + short;
        let mut waits = Vec::new();
        let answer = in_slices(patience, |slice| {
            waits.push(slice);
            if waits.len() > 1 {
                return Ok(7);
            }
            // So a pause looks from inside.
            thread::sleep(patience + short);
            Err(RecvTimeoutError::Timeout)
        });
        assert_eq!((answer, waits), (Ok(7), vec![SLICE, short]));
    }

    #[test]
    fn slices_add_up_to_the_patience() {
        let patience = SLICE * 2 + SLICE / 2;
        let mut waited = Duration::ZERO;
        let silence = in_slices::<()>(patience, |slice| {
            waited += slice;
            Err(RecvTimeoutError::Timeout)
        });
        assert_eq!(silence, Err("no answer within 2.5s".to_string()));
        assert_eq!(waited, patience);
    }

    #[test]
    fn what_a_backend_says_is_no_reason_to_give_it_up() {
        let accelerator = Accelerator::of(Device::Cuda(60_000));
        let say = |said: Result<u8, String>| {
            let (answer, answered) = mpsc::sync_channel(1);
            answer.send(said).expect("there is room");
            accelerator
                .step(LONG, || Ok(answered))
                .map(|(answer, _)| answer)
        };
        let refused = Err("no memory".to_string());
        assert_eq!(say(refused.clone()), refused);
        assert_eq!(say(Ok(7)), Ok(7));
    }

    #[test]
    fn a_device_that_was_given_up_is_not_begun_with_and_another_is() {
        let device = Device::Cuda(60_001);
        let (_answer, never) = mpsc::sync_channel::<Result<(), String>>(1);
        let silent = Accelerator::of(device).step(Duration::from_millis(20), || Ok(never));
        assert_eq!(silent.err(), Some("no answer within 20ms".to_string()));
        let later = Accelerator::of(device).step::<()>(LONG, || panic!("it was begun with"));
        let reason = "it was given up before: no answer within 20ms".to_string();
        assert_eq!(later.err(), Some(reason));
        let other = Accelerator::of(Device::Cuda(60_002));
        let refused = other.step::<()>(LONG, || Err("it was begun with".into()));
        assert_eq!(refused.err(), Some("it was begun with".to_string()));
    }
}
