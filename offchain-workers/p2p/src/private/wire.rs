//! What travels under `/lattice/private/1`.
//!
//! Lengths are bounded before anything is allocated for them; bytes left over are the codec's to
//! refuse. Neither message shows what is private when it is printed.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};
use codec::{decode_vec_with_len, Compact, Decode, Encode, Input};
use lattice_chain_client::RequestId;
use lattice_verifier::FieldBytes;
use libp2p::PeerId;
use std::fmt;

/// Most elements of an input: more than any chain of Lattice takes.
pub const MAX_INPUT: usize = 64 * 1024;
/// Most elements of an output.
pub const MAX_OUTPUT: usize = 64 * 1024;

/// What a message about collecting an output begins with.
const COLLECT_DOMAIN: [u8; 16] = *b"lattice/collect1";

/// What a requester asks of the provider that has its request.
#[derive(Clone, PartialEq, Eq, Encode)]
pub enum PrivateRequest {
    /// Take the input of a request, with the blinding of its commitment.
    #[codec(index = 0)]
    Deliver {
        request: RequestId,
        /// At most [`MAX_INPUT`] elements.
        input: Vec<i8>,
        blinding: FieldBytes,
    },
    /// Hand out the output of a request.
    #[codec(index = 1)]
    Collect {
        request: RequestId,
        /// The requester's, over [`collect_message`].
        signature: [u8; 64],
    },
}

/// What the provider answers.
#[derive(Clone, PartialEq, Eq, Encode)]
pub enum PrivateResponse {
    /// The input is there, and is the one that the chain has the commitment of.
    #[codec(index = 0)]
    Receipt {
        /// The provider's, over the chain's receipt message.
        signature: [u8; 64],
    },
    /// The output, with the blinding of its commitment.
    #[codec(index = 1)]
    Output {
        /// At most [`MAX_OUTPUT`] elements.
        output: Vec<i32>,
        blinding: FieldBytes,
    },
    /// There is no output yet.
    #[codec(index = 2)]
    Pending,
    #[codec(index = 3)]
    Refused(RefusalCode),
}

/// Why a provider does not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
pub enum RefusalCode {
    #[codec(index = 0)]
    #[error("it knows no such request")]
    UnknownRequest,
    #[codec(index = 1)]
    #[error("the request is another provider's")]
    NotAssigned,
    #[codec(index = 2)]
    #[error("input and blinding do not give the commitment that is on the chain")]
    WrongCommitment,
    #[codec(index = 3)]
    #[error("an element of the input is outside of the model's range")]
    OutOfRange,
    #[codec(index = 4)]
    #[error("the input does not have as many elements as the model takes")]
    WrongLength,
    #[codec(index = 5)]
    #[error("only the account that made the request may ask this")]
    NotRequester,
    #[codec(index = 6)]
    #[error("it keeps as many inputs as it can")]
    TooMany,
    #[codec(index = 7)]
    #[error("it is busy, or cannot see the chain now; ask again")]
    Busy,
    #[codec(index = 8)]
    #[error("it has not loaded the model")]
    NotServed,
    #[codec(index = 9)]
    #[error("it has told the chain that there is no valid input, which is to be opened there")]
    Claimed,
    #[codec(index = 10)]
    #[error("too little time is left before the deadline to answer the input")]
    TooLate,
}

impl RefusalCode {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::UnknownRequest,
        Self::NotAssigned,
        Self::WrongCommitment,
        Self::OutOfRange,
        Self::WrongLength,
        Self::NotRequester,
        Self::TooMany,
        Self::Busy,
        Self::NotServed,
        Self::Claimed,
        Self::TooLate,
    ];

    /// Whether the same question may have another answer in a moment.
    pub const fn is_passing(self) -> bool {
        // A provider may see the block of the request later than its requester.
        matches!(
            self,
            Self::UnknownRequest | Self::NotAssigned | Self::TooMany | Self::Busy | Self::NotServed
        )
    }
}

/// What a requester signs to collect an output: exactly these bytes.
///
/// Blake2-256 of the SCALE tuple (domain: [u8; 16], genesis: [u8; 32], request: u64, provider's peer
/// id: Vec<u8>, own peer id: Vec<u8>). It names both ends of the connection, so that it is good for no
/// other provider and in nobody else's hand.
pub fn collect_message(
    genesis: &[u8; 32],
    request: RequestId,
    provider: &PeerId,
    own: &PeerId,
) -> [u8; 32] {
    let content = (
        COLLECT_DOMAIN,
        genesis,
        request,
        provider.to_bytes(),
        own.to_bytes(),
    );
    Blake2b::<U32>::digest(content.encode()).into()
}

/// A vector with at most so many elements.
fn bounded<T: Decode, I: Input>(
    from: &mut I,
    most: usize,
    too_long: &'static str,
) -> Result<Vec<T>, codec::Error> {
    let length = Compact::<u32>::decode(from)?.0;
    match usize::try_from(length) {
        Ok(length) if length <= most => decode_vec_with_len(from, length),
        _ => Err(too_long.into()),
    }
}

impl Decode for PrivateRequest {
    fn decode<I: Input>(from: &mut I) -> Result<Self, codec::Error> {
        match from.read_byte()? {
            0 => Ok(Self::Deliver {
                request: Decode::decode(from)?,
                input: bounded(from, MAX_INPUT, "the input has too many elements")?,
                blinding: Decode::decode(from)?,
            }),
            1 => Ok(Self::Collect {
                request: Decode::decode(from)?,
                signature: Decode::decode(from)?,
            }),
            _ => Err("no private request has this index".into()),
        }
    }
}

impl Decode for PrivateResponse {
    fn decode<I: Input>(from: &mut I) -> Result<Self, codec::Error> {
        match from.read_byte()? {
            0 => Ok(Self::Receipt {
                signature: Decode::decode(from)?,
            }),
            1 => Ok(Self::Output {
                output: bounded(from, MAX_OUTPUT, "the output has too many elements")?,
                blinding: Decode::decode(from)?,
            }),
            2 => Ok(Self::Pending),
            3 => Ok(Self::Refused(Decode::decode(from)?)),
            _ => Err("no private response has this index".into()),
        }
    }
}

impl PrivateRequest {
    /// The number of the request that it is about.
    pub fn request(&self) -> RequestId {
        match self {
            Self::Deliver { request, .. } | Self::Collect { request, .. } => *request,
        }
    }
}

impl fmt::Debug for PrivateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deliver { request, input, .. } => {
                write!(f, "Deliver({request}, {} elements)", input.len())
            }
            Self::Collect { request, .. } => write!(f, "Collect({request})"),
        }
    }
}

impl fmt::Debug for PrivateResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receipt { .. } => f.write_str("Receipt"),
            Self::Output { output, .. } => write!(f, "Output({} elements)", output.len()),
            Self::Pending => f.write_str("Pending"),
            Self::Refused(code) => write!(f, "Refused({code:?})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::PRIVATE_LIMITS;
    use codec::DecodeAll;
    use std::collections::BTreeSet;

    fn requests() -> Vec<PrivateRequest> {
        vec![
            PrivateRequest::Deliver {
                request: 7,
                input: vec![-127, 0, 5],
                blinding: [3; 32],
            },
            PrivateRequest::Collect {
                request: u64::MAX,
                signature: [9; 64],
            },
        ]
    }

    fn responses() -> Vec<PrivateResponse> {
        let mut responses = vec![
            PrivateResponse::Receipt { signature: [4; 64] },
            PrivateResponse::Output {
                output: vec![i32::MIN, 0, i32::MAX],
                blinding: [6; 32],
            },
            PrivateResponse::Pending,
        ];
        responses.extend(RefusalCode::ALL.map(PrivateResponse::Refused));
        responses
    }

    #[test]
    fn every_message_is_read_as_it_was_written() {
        for request in requests() {
            let read = PrivateRequest::decode_all(&mut &request.encode()[..]);
            assert_eq!(read, Ok(request));
        }
        for response in responses() {
            let read = PrivateResponse::decode_all(&mut &response.encode()[..]);
            assert_eq!(read, Ok(response));
        }
    }

    #[test]
    fn each_request_is_about_one_on_the_chain() {
        let numbers: Vec<_> = requests().iter().map(PrivateRequest::request).collect();
        assert_eq!(numbers, [7, u64::MAX]);
    }

    #[test]
    fn the_bytes_are_the_documented_ones() {
        let mut expected = vec![0];
        expected.extend(7u64.to_le_bytes());
        expected.extend([3 << 2, 0x81, 0, 5]);
        expected.extend([3; 32]);
        assert_eq!(requests()[0].encode(), expected);
        let refused = PrivateResponse::Refused(RefusalCode::Claimed);
        assert_eq!(refused.encode(), [3, 9]);
    }

    #[test]
    fn the_longest_messages_fit_their_bounds() {
        let request = PrivateRequest::Deliver {
            request: 1,
            input: vec![1; MAX_INPUT],
            blinding: [0; 32],
        };
        let bytes = request.encode();
        assert!(bytes.len() < PRIVATE_LIMITS.request);
        assert!(PrivateRequest::decode_all(&mut &bytes[..]).is_ok());
        let response = PrivateResponse::Output {
            output: vec![1; MAX_OUTPUT],
            blinding: [0; 32],
        };
        let bytes = response.encode();
        assert!(bytes.len() < PRIVATE_LIMITS.response);
        assert!(PrivateResponse::decode_all(&mut &bytes[..]).is_ok());
    }

    #[test]
    fn what_is_private_is_not_printed() {
        let printed = format!("{:?} {:?}", requests(), responses());
        for secret in ["127", "2147483647", "[3, 3", "[6, 6", "[9, 9"] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }

    #[test]
    fn a_signature_to_collect_is_for_one_chain_request_and_connection() {
        let [bob, alice] = [1, 2].map(|_| PeerId::random());
        let messages = [
            collect_message(&[7; 32], 3, &bob, &alice),
            collect_message(&[8; 32], 3, &bob, &alice),
            collect_message(&[7; 32], 4, &bob, &alice),
            collect_message(&[7; 32], 3, &alice, &bob),
            collect_message(&[7; 32], 3, &bob, &bob),
        ];
        assert_eq!(BTreeSet::from(messages).len(), messages.len());
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_vector_that_is_longer_than_allowed_before_it_is_read() {
            let longer = |most: usize| u32::try_from(most + 1).expect("a small number");
            // The elements are not there at all: only the length is looked at.
            let mut bytes = vec![0];
            bytes.extend(7u64.encode());
            bytes.extend(Compact(longer(MAX_INPUT)).encode());
            let error = PrivateRequest::decode(&mut &bytes[..]).expect_err("too long");
            assert!(error.to_string().contains("too many elements"), "{error}");
            let mut bytes = vec![1];
            bytes.extend(Compact(longer(MAX_OUTPUT)).encode());
            let error = PrivateResponse::decode(&mut &bytes[..]).expect_err("too long");
            assert!(error.to_string().contains("too many elements"), "{error}");
        }

        #[test]
        fn bytes_that_are_no_message() {
            for bytes in [&[][..], &[2], &[9, 9], &[0, 1, 2]] {
                assert!(PrivateRequest::decode_all(&mut &bytes[..]).is_err());
            }
            for bytes in [&[][..], &[4], &[3, 11], &[1, 8, 0]] {
                assert!(PrivateResponse::decode_all(&mut &bytes[..]).is_err());
            }
            for request in requests() {
                let mut bytes = request.encode();
                bytes.push(0);
                assert!(PrivateRequest::decode_all(&mut &bytes[..]).is_err());
            }
        }
    }
}
