//! Files and evidence that are not what they should be.

use super::*;

/// A copy of snarkjs' files with one of them edited.
fn edited(file: &str, edit: impl FnOnce(&mut Value)) -> SnarkjsError {
    let folder = copy();
    let mut value = json_of(folder.path(), file);
    edit(&mut value);
    fs::write(folder.path().join(file), value.to_string()).expect("written");
    Evidence::read(folder.path()).expect_err("it was edited")
}

/// The same with another value at a place.
fn replaced(file: &str, pointer: &str, by: Value) -> SnarkjsError {
    edited(file, |value| {
        *value.pointer_mut(pointer).expect("a place") = by;
    })
}

fn copy() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in [KEY_FILE, PROOF_FILE, PUBLIC_FILE] {
        fs::copy(theirs().join(file), folder.path().join(file)).expect("copied");
    }
    folder
}

/// Texts that are not the one of a number below this order.
fn refused_texts(number: &str, order: BigInt<4>) -> Vec<String> {
    let mut alias = BigInt::<4>::from_str(number).expect("decimal");
    assert!(!alias.add_with_carry(&order), "below 2^256");
    vec![
        alias.to_string(),
        order.to_string(),
        format!("0{number}"),
        format!("+{number}"),
        format!("-{number}"),
        format!(" {number}"),
        format!("{number}\n"),
        format!("{number}.0"),
        "1_0".into(),
        "0x01".into(),
        "00".into(),
        "".into(),
        "٣".into(),
        "9".repeat(10_000),
    ]
}

#[test]
fn texts_that_are_not_the_one_of_a_number() {
    let (p, r) = (Fq::MODULUS, Fr::MODULUS);
    for (file, pointer, order) in [
        (KEY_FILE, "/vk_alpha_1/0", p),
        (KEY_FILE, "/vk_delta_2/1/1", p),
        (KEY_FILE, "/IC/3/1", p),
        (KEY_FILE, "/IC/0/2", p),
        (PROOF_FILE, "/pi_a/0", p),
        (PROOF_FILE, "/pi_b/2/1", p),
        (PUBLIC_FILE, "/0", r),
        (PUBLIC_FILE, "/2", r),
    ] {
        let value = json_of(&theirs(), file);
        let number = value.pointer(pointer).expect("a place");
        for text in refused_texts(number.as_str().expect("a text"), order) {
            let error = replaced(file, pointer, text.clone().into());
            let SnarkjsError::Number { value, .. } = &error else {
                panic!("{file}{pointer} {text}: {error}")
            };
            assert!(text.starts_with(value.as_str()), "{error}");
            assert!(error.to_string().len() < 250, "{error}");
        }
        // A number in place of its text loses digits in most readers.
        let error = replaced(file, pointer, json!(1));
        assert!(
            matches!(error, SnarkjsError::File(SetupError::Json { .. })),
            "{error}"
        );
    }
}

#[test]
fn points_that_no_key_and_no_proof_has() {
    let identity = json!(["0", "1", "0"]);
    let identity_g2 = json!([["0", "0"], ["1", "0"], ["0", "0"]]);
    let other_form = json!(["1", "2", "2"]);
    let off = json!(["1", "3", "1"]);
    let [on, off_subgroup] = [true, false].map(g2_point);
    for (file, field, point, expected) in [
        (KEY_FILE, "vk_alpha_1", &identity, PointError::Identity),
        (KEY_FILE, "vk_gamma_2", &identity_g2, PointError::Identity),
        (
            KEY_FILE,
            "vk_alpha_1",
            &other_form,
            PointError::NotCanonical,
        ),
        (KEY_FILE, "vk_alpha_1", &off, PointError::NotOnCurve),
        (
            KEY_FILE,
            "vk_beta_2",
            &off_subgroup,
            PointError::NotInSubgroup,
        ),
        (PROOF_FILE, "pi_a", &identity, PointError::Identity),
        (PROOF_FILE, "pi_b", &identity_g2, PointError::Identity),
        (PROOF_FILE, "pi_b", &off_subgroup, PointError::NotInSubgroup),
        (PROOF_FILE, "pi_c", &other_form, PointError::NotCanonical),
        (PROOF_FILE, "pi_c", &off, PointError::NotOnCurve),
    ] {
        let error = replaced(file, &format!("/{field}"), point.clone());
        let SnarkjsError::Point {
            field: found,
            reason,
        } = &error
        else {
            panic!("{field}: {error}")
        };
        assert_eq!((found.as_str(), *reason), (field, expected));
    }
    let error = replaced(KEY_FILE, "/IC/2", identity);
    assert!(error.to_string().contains("IC[2]"), "{error}");
    // The same way of writing a point is accepted when the point is good.
    let folder = copy();
    let mut proof = json_of(folder.path(), PROOF_FILE);
    proof["pi_b"] = on;
    fs::write(folder.path().join(PROOF_FILE), proof.to_string()).expect("written");
    let evidence = Evidence::read(folder.path()).expect("well-formed");
    assert!(!evidence.holds().expect("well-formed"));
}

/// A point of the second group's curve, in the subgroup or outside.
fn g2_point(in_subgroup: bool) -> Value {
    let rng = &mut StdRng::seed_from_u64(5);
    let point = (0..)
        .filter_map(|_| G2Affine::get_point_from_x_unchecked(Fq2::rand(rng), true))
        .next()
        .expect("half of all have a point");
    let point = match in_subgroup {
        true => point.clear_cofactor(),
        false => point,
    };
    assert_eq!(
        point.is_in_correct_subgroup_assuming_on_curve(),
        in_subgroup
    );
    let text = |value: Fq2| [value.c0, value.c1].map(|part| part.into_bigint().to_string());
    json!([text(point.x), text(point.y), ["1", "0"]])
}

#[test]
fn coordinates_in_the_order_of_ethereum() {
    let error = edited(PROOF_FILE, |proof| {
        for coordinate in proof["pi_b"].as_array_mut().expect("a point") {
            coordinate.as_array_mut().expect("two parts").reverse();
        }
    });
    // z is u in place of 1 already.
    assert!(
        matches!(&error, SnarkjsError::Point { field, .. } if field == "pi_b"),
        "{error}"
    );
}

#[test]
fn other_systems_curves_and_numbers_of_inputs() {
    for file in [KEY_FILE, PROOF_FILE] {
        let error = replaced(file, "/protocol", "plonk".into());
        assert!(
            matches!(&error, SnarkjsError::Protocol(p) if p == "plonk"),
            "{error}"
        );
        let error = replaced(file, "/curve", "bls12381".into());
        assert!(
            matches!(&error, SnarkjsError::Curve(c) if c == "bls12381"),
            "{error}"
        );
    }
    let without_last = |list: &mut Value| {
        list.as_array_mut().expect("a list").pop();
    };
    let with_another = |list: &mut Value| {
        let list = list.as_array_mut().expect("a list");
        list.push(list[0].clone());
    };
    for (error, expected) in [
        (replaced(KEY_FILE, "/nPublic", 4.into()), ("nPublic", 4)),
        (
            edited(KEY_FILE, |key| without_last(&mut key["IC"])),
            ("IC", 2),
        ),
        (
            edited(KEY_FILE, |key| with_another(&mut key["IC"])),
            ("IC", 4),
        ),
        (replaced(KEY_FILE, "/IC", json!([])), ("IC", 0)),
        (edited(PUBLIC_FILE, without_last), (PUBLIC_FILE, 2)),
        (edited(PUBLIC_FILE, with_another), (PUBLIC_FILE, 4)),
    ] {
        let SnarkjsError::Inputs { field, found } = error else {
            panic!("{error}")
        };
        assert_eq!((field, found), expected);
    }
}

#[test]
fn keys_under_which_everyone_can_forge() {
    let error = edited(KEY_FILE, |key| {
        key["vk_delta_2"] = key["vk_gamma_2"].clone()
    });
    assert!(
        matches!(error, SnarkjsError::Key(KeyError::Related { .. })),
        "{error}"
    );
}

#[test]
fn files_of_another_shape() {
    let shapeless = [
        edited(PROOF_FILE, |proof| proof["pi_d"] = json!(["1", "2", "1"])),
        edited(KEY_FILE, |key| key["nPublicInputs"] = json!(3)),
        edited(PROOF_FILE, |proof| {
            proof.as_object_mut().expect("an object").remove("curve");
        }),
        replaced(PROOF_FILE, "/pi_a", json!(["1", "2"])),
        replaced(PROOF_FILE, "/pi_a", json!(["1", "2", "1", "1"])),
        replaced(PROOF_FILE, "/pi_b", json!(["1", "2", "1"])),
        replaced(KEY_FILE, "/nPublic", "3".into()),
        edited(PUBLIC_FILE, |public| *public = json!({ "0": "1" })),
    ];
    for error in shapeless {
        assert!(
            matches!(error, SnarkjsError::File(SetupError::Json { .. })),
            "{error}"
        );
    }
}

#[test]
fn files_that_are_too_long_or_missing() {
    let folder = copy();
    let path = folder.path().join(PUBLIC_FILE);
    fs::write(&path, " ".repeat(1 << 20)).expect("written");
    let error = Evidence::read(folder.path()).expect_err("too long");
    assert!(
        matches!(error, SnarkjsError::File(SetupError::TooLong { .. })),
        "{error}"
    );
    fs::remove_file(&path).expect("removed");
    let error = Evidence::read(folder.path()).expect_err("missing");
    assert!(error.to_string().contains(PUBLIC_FILE), "{error}");
}

#[test]
fn to_export_what_is_malformed() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = random_evidence(1);
    for damage in [
        |evidence: &mut Evidence| evidence.verifying_key.truncate(359),
        |evidence: &mut Evidence| evidence.proof[31] |= 0xc0,
        |evidence: &mut Evidence| evidence.statement.context = [0xff; 32],
    ] {
        let mut evidence = good.clone();
        damage(&mut evidence);
        evidence.write(folder.path()).expect_err("malformed");
    }
    let written = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(written, 0, "nothing is written");
}
