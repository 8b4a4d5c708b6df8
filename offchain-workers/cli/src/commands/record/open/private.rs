//! An open private request, for people.

use crate::output::fields;
use lattice_chain_client::{format_balance, Balance, Private};

/// Everything that the chain has of a private request.
pub fn describe(progress: String, open: &Private) -> String {
    let kept = match open.output_private {
        true => "input and output are private",
        false => "the input is private",
    };
    let mut rows = vec![
        ("request", open.request.to_string()),
        ("tier", format!("proven; {kept}")),
        ("open", progress),
        ("requester", open.requester.to_string()),
        ("provider", open.provider.to_string()),
        ("model", format!("{} {:?}", open.model, open.model_hash)),
        ("key", format!("{:?}", open.vk_id)),
        (
            "price",
            format_balance(open.price.total().unwrap_or(Balance::MAX)),
        ),
        ("context", format!("{:?}", open.context)),
        ("input", format!("{:?}", open.input_commitment)),
    ];
    if let Some(opened) = &open.opened {
        rows.push((
            "opened",
            format!("{} elements are on the chain", opened.input.len()),
        ));
    }
    if let Some(commitment) = open.output_commitment {
        rows.push(("output", format!("{commitment:?}")));
    }
    fields(&rows)
}

#[cfg(test)]
mod tests {
    use super::super::Open;
    use lattice_chain_client::{
        AccountId, InputClaim, OpenedInput, Price, Private, PrivateStatus, H256,
    };

    fn private(status: PrivateStatus<u32>) -> Private {
        Private {
            request: 7,
            requester: AccountId([1; 32]),
            provider: AccountId([2; 32]),
            model: 3,
            model_hash: H256([3; 32]),
            vk_id: H256([8; 32]),
            input_commitment: H256([4; 32]),
            content: H256([5; 32]),
            context: H256([6; 32]),
            output_private: true,
            price: Price::default(),
            deadline: 30,
            status,
            opened: None,
            output_commitment: None,
        }
    }

    fn text(open: Private) -> String {
        Open::Private(Box::new(open)).describe()
    }

    #[test]
    fn a_private_request_says_what_is_due_and_what_is_private() {
        let claimed = text(private(PrivateStatus::Claimed {
            claim: InputClaim::NotReceived,
            open_by: 130,
        }));
        assert!(claimed.contains("input and output are private"));
        assert!(claimed.contains("opened until block 130"), "{claimed}");
        assert!(!claimed.contains("on the chain"), "{claimed}");
        let delivered = text(Private {
            output_private: false,
            output_commitment: Some(H256([9; 32])),
            ..private(PrivateStatus::Delivered { final_at: 40 })
        });
        assert!(delivered.contains("the input is private"), "{delivered}");
        assert!(delivered.contains(&"09".repeat(32)), "{delivered}");
    }

    #[test]
    fn an_input_that_was_opened_is_said_to_be_there() {
        let opened = text(Private {
            opened: Some(OpenedInput {
                input: vec![1, 2],
                blinding: H256([0; 32]),
            }),
            ..private(PrivateStatus::Assigned)
        });
        assert!(opened.contains("2 elements are on the chain"), "{opened}");
    }
}
