//! The geometry against a walk over every position.

use super::*;
use alloc::{string::ToString, vec::Vec};
use proptest::prelude::*;

fn axis(image: u32, kernel: u32, stride: u8, padding: [u8; 2]) -> Result<Windows1d, WindowError> {
    Windows1d::new(Direction::Vertical, image, kernel, stride, padding)
}

/// For each window the taps that lie on the image, by the definition.
fn walk(image: i64, kernel: i64, stride: i64, [before, after]: [i64; 2]) -> Vec<Vec<(i64, i64)>> {
    let mut windows = Vec::new();
    let mut start = -before;
    while start + kernel <= image + after {
        let taps = (0..kernel).map(|tap| (tap, start + tap));
        windows.push(taps.filter(|(_, at)| (0..image).contains(at)).collect());
        start += stride;
    }
    windows
}

proptest! {
    #[test]
    fn is_what_a_walk_over_all_positions_finds(
        image in 1u32..12, kernel in 1u32..9, stride in 1u8..6, before in 0u8..10, after in 0u8..10,
    ) {
        let windows = walk(image.into(), kernel.into(), stride.into(), [before.into(), after.into()]);
        let Ok(axis) = axis(image, kernel, stride, [before, after]) else {
            prop_assert!(windows.is_empty());
            return Ok(());
        };
        prop_assert_eq!(axis.count(), windows.len());
        for (index, window) in windows.iter().enumerate() {
            let overlap = axis.overlap(index);
            prop_assert_eq!(overlap.len, window.len());
            if let Some((tap, at)) = window.first() {
                prop_assert_eq!((overlap.kernel as i64, overlap.image as i64), (*tap, *at));
            }
        }
        let lengths = || windows.iter().map(Vec::len);
        prop_assert_eq!(axis.coverage(), (lengths().min().unwrap(), lengths().max().unwrap()));
        for tap in 0..kernel {
            let inside = windows.iter().filter(|w| w.iter().any(|(t, _)| *t == i64::from(tap))).count();
            let expected = match inside {
                0 => Reach::Never,
                all if all == windows.len() => Reach::Always,
                _ => Reach::Sometimes,
            };
            prop_assert_eq!(axis.reach(tap as usize), expected);
        }
    }

    #[test]
    fn every_window_meets_the_image_when_it_must(
        image in 1u32..12, kernel in 1u32..9, stride in 1u8..6, padding in 0u8..10,
    ) {
        let placement = Placement::every(stride).padded(padding);
        if let Ok(windows) = Windows::meeting([image; 2], [kernel; 2], placement) {
            prop_assert!(windows.coverage().0 > 0);
        }
    }
}

#[test]
fn the_last_step_that_does_not_fit_is_left_out() {
    let windows = Windows::new([6, 7], [3, 2], Placement::every(2)).unwrap();
    assert_eq!((windows.rows.count(), windows.columns.count()), (2, 3));
    assert_eq!((windows.count(), windows.window_len()), (6, 6));
    assert_eq!(windows.work(5), 5 * 6 * 6);
}

mod reject {
    use super::*;

    #[test]
    fn windows_that_do_not_fit_by_axis_and_value() {
        let direction = Direction::Vertical;
        assert_eq!(
            axis(4, 0, 1, [0; 2]),
            Err(WindowError::ZeroKernel { direction })
        );
        assert_eq!(
            axis(4, 2, 0, [0; 2]),
            Err(WindowError::ZeroStride { direction })
        );
        assert!(axis(4, 7, 1, [1, 2]).is_ok());
        let error = axis(4, 8, 1, [1, 2]).unwrap_err();
        assert_eq!(
            error,
            WindowError::KernelTooLarge {
                direction,
                kernel: 8,
                padded: 7
            }
        );
        assert_eq!(
            error.to_string(),
            "the vertical kernel 8 does not fit an image that has 7 elements with its padding"
        );
    }

    #[test]
    fn padding_as_large_as_the_kernel_where_every_window_must_meet_the_image() {
        let meeting = |padding| {
            let placement = Placement {
                stride: [1, 1],
                padding,
            };
            Windows::meeting([4, 4], [3, 2], placement)
        };
        assert!(meeting([2, 1, 2, 1]).is_ok());
        let refused = |direction, padding, kernel| {
            Err(WindowError::PaddingTooLarge {
                direction,
                padding,
                kernel,
            })
        };
        assert_eq!(meeting([0, 0, 3, 0]), refused(Direction::Vertical, 3, 3));
        assert_eq!(meeting([0, 0, 0, 2]), refused(Direction::Horizontal, 2, 2));
    }
}
