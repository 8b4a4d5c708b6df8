use super::*;
use lattice_tensor::Shape;

fn samples(values: &[f64]) -> Samples {
    Samples::new(2, values.to_vec()).unwrap()
}

fn declared(quantization: &InputQuantization) -> InputDecl {
    InputDecl {
        shape: Shape::new([2]).unwrap(),
        range: quantization.range,
        scale: quantization.scale,
    }
}

#[test]
fn whole_numbers_keep_their_value_and_range() {
    let q = derive(&samples(&[0.0, 3.0, 16.0, 1.0]), None).unwrap();
    assert_eq!((q.range.lo, q.range.hi), (0, 16));
    assert_eq!(q.scale.to_f64(), 1.0);
    assert_eq!(q.origin, RangeOrigin::WholeNumbers);
    assert_eq!(
        quantize_input(&declared(&q), &[16.0, 2.0]).unwrap(),
        [16, 2]
    );
}

#[test]
fn a_given_range_must_hold_the_calibration() {
    let wide = Range { lo: 0, hi: 20 };
    let q = derive(&samples(&[1.0, 3.0, 16.0, 1.0]), Some(wide)).unwrap();
    assert_eq!(q.range.hi, 20);
    let narrow = Range { lo: 0, hi: 15 };
    assert!(matches!(
        derive(&samples(&[1.0, 3.0, 16.0, 1.0]), Some(narrow)),
        Err(QuantizeError::CalibrationOutOfRange {
            row: 1,
            index: 0,
            ..
        })
    ));
    let empty = Range { lo: 3, hi: 3 };
    assert!(matches!(
        derive(&samples(&[1.0, 3.0]), Some(empty)),
        Err(QuantizeError::Range { lo: 3, hi: 3 })
    ));
}

#[test]
fn real_numbers_are_scaled_onto_the_range() {
    let q = derive(&samples(&[-0.5, 0.25]), None).unwrap();
    assert_eq!((q.range.lo, q.range.hi), (-127, 127));
    let input = quantize_input(&declared(&q), &[-0.5, 0.25]).unwrap();
    assert_eq!(input[0], -127);
    assert!((63..=64).contains(&input[1]));
    // Pixels 0..=255 are whole, but do not fit i8; without negatives they get 0..=127.
    let q = derive(&samples(&[0.0, 255.0]), None).unwrap();
    assert_eq!((q.range.lo, q.range.hi), (0, 127));
    assert_eq!(
        quantize_input(&declared(&q), &[0.0, 255.0]).unwrap(),
        [0, 127]
    );
}

#[test]
fn a_given_range_must_hold_real_numbers_too() {
    let range = Range { lo: 0, hi: 100 };
    let q = derive(&samples(&[0.25, 0.5]), Some(range)).unwrap();
    assert_eq!(
        quantize_input(&declared(&q), &[0.25, 0.5]).unwrap(),
        [50, 100]
    );
    assert!(matches!(
        derive(&samples(&[-0.25, 0.5]), Some(range)),
        Err(QuantizeError::CalibrationOutOfRange { index: 0, .. })
    ));
}

#[test]
fn constant_calibration_is_refused() {
    assert!(matches!(
        derive(&samples(&[3.0, 3.0]), None),
        Err(QuantizeError::ConstantCalibration { .. })
    ));
}

mod refuses {
    use super::*;

    fn digits() -> InputDecl {
        declared(&derive(&samples(&[0.0, 16.0]), None).unwrap())
    }

    #[test]
    fn an_element_outside_the_range_with_index_and_value() {
        let text = quantize_input(&digits(), &[3.0, 17.0])
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("element 1 is 17") && text.contains("0..=16"),
            "{text}"
        );
        assert_eq!(
            saturate_input(&digits(), &[3.0, 17.0]).unwrap(),
            (vec![3, 16], 1)
        );
    }

    #[test]
    fn a_fraction_where_whole_numbers_are_taken() {
        assert!(matches!(
            quantize_input(&digits(), &[3.0, 0.5]),
            Err(InputError::NotWhole { index: 1, .. })
        ));
    }

    #[test]
    fn a_wrong_length() {
        assert_eq!(
            quantize_input(&digits(), &[3.0]),
            Err(InputError::Length { got: 1, want: 2 })
        );
    }
}
