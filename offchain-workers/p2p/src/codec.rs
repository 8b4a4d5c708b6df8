//! Messages on a stream: a length of four bytes, little endian, and so many bytes of SCALE.
//!
//! A length above the protocol's limit is refused before anything is allocated for it, and so are
//! bytes that are left over after the message.

use crate::metrics::Meter;
use ::codec::{DecodeAll, Encode};
use async_trait::async_trait;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::{request_response, StreamProtocol};
use std::{io, marker::PhantomData};

/// Bytes of the length before a message.
const PREFIX: usize = 4;

/// Why a frame is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("a message of {bytes} bytes is longer than {limit}")]
    TooLong { bytes: usize, limit: usize },
    #[error("{bytes} bytes are no message of this protocol: {reason}")]
    Malformed { bytes: usize, reason: String },
}

impl From<FrameError> for io::Error {
    fn from(error: FrameError) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

/// Most bytes of a message, without its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLimits {
    pub request: usize,
    pub response: usize,
}

/// `/lattice/hello/1`.
pub const HELLO_LIMITS: FrameLimits = FrameLimits {
    request: 4 << 10,
    response: 4 << 10,
};
/// `/lattice/content/1`.
pub const CONTENT_LIMITS: FrameLimits = FrameLimits {
    request: 1 << 10,
    response: 2 << 20,
};
/// `/lattice/private/1`. A request is read before it is known who asks, so its limit is close above
/// the longest one.
pub const PRIVATE_LIMITS: FrameLimits = FrameLimits {
    request: 128 << 10,
    response: 512 << 10,
};

/// A protocol with requests `Q` and responses `R`.
#[derive(Debug)]
pub struct ScaleCodec<Q, R> {
    limits: FrameLimits,
    meter: Meter,
    messages: PhantomData<fn() -> (Q, R)>,
}

impl<Q, R> ScaleCodec<Q, R> {
    /// With limits, and counters for what passes.
    pub fn new(limits: FrameLimits, meter: Meter) -> Self {
        Self {
            limits,
            meter,
            messages: PhantomData,
        }
    }

    async fn read<M, T>(&self, io: &mut T, limit: usize) -> io::Result<M>
    where
        M: DecodeAll,
        T: AsyncRead + Unpin + Send,
    {
        let bytes = read_frame(io, limit).await.inspect_err(|error| {
            if error.kind() == io::ErrorKind::InvalidData {
                self.meter.oversized.inc();
            }
        })?;
        self.meter.received.inc_by((PREFIX + bytes.len()) as u64);
        M::decode_all(&mut &bytes[..]).map_err(|error| {
            self.meter.malformed.inc();
            let malformed = FrameError::Malformed {
                bytes: bytes.len(),
                reason: error.to_string(),
            };
            malformed.into()
        })
    }

    async fn write<T>(&self, io: &mut T, frame: io::Result<Vec<u8>>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        let frame = frame?;
        io.write_all(&frame).await?;
        self.meter.sent.inc_by(frame.len() as u64);
        Ok(())
    }
}

// Derived, it would ask that the messages can be cloned.
impl<Q, R> Clone for ScaleCodec<Q, R> {
    fn clone(&self) -> Self {
        Self::new(self.limits, self.meter.clone())
    }
}

/// The message of a frame, whose length has been compared with a limit.
async fn read_frame<T>(io: &mut T, limit: usize) -> io::Result<Vec<u8>>
where
    T: AsyncRead + Unpin + Send,
{
    let mut prefix = [0; PREFIX];
    io.read_exact(&mut prefix).await?;
    let length = usize::try_from(u32::from_le_bytes(prefix)).unwrap_or(usize::MAX);
    if length > limit {
        let bytes = length;
        return Err(FrameError::TooLong { bytes, limit }.into());
    }
    let mut bytes = vec![0; length];
    io.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// A message with its length before it, in one piece.
fn frame<M: Encode>(message: &M, limit: usize) -> io::Result<Vec<u8>> {
    let mut frame: Vec<u8> = Vec::with_capacity(PREFIX + message.size_hint());
    frame.extend([0; PREFIX]);
    message.encode_to(&mut frame);
    let bytes = frame.len() - PREFIX;
    match u32::try_from(bytes) {
        Ok(length) if bytes <= limit => {
            frame[..PREFIX].copy_from_slice(&length.to_le_bytes());
            Ok(frame)
        }
        _ => Err(FrameError::TooLong { bytes, limit }.into()),
    }
}

#[async_trait]
impl<Q, R> request_response::Codec for ScaleCodec<Q, R>
where
    Q: Encode + DecodeAll + Send + 'static,
    R: Encode + DecodeAll + Send + 'static,
{
    type Protocol = StreamProtocol;
    type Request = Q;
    type Response = R;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Q>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.read(io, self.limits.request).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<R>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.read(io, self.limits.response).await
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, req: Q) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        let frame = frame(&req, self.limits.request);
        // Not kept while its copy is on the way.
        drop(req);
        self.write(io, frame).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, res: R) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        let frame = frame(&res, self.limits.response);
        // Not kept while its copy is on the way.
        drop(res);
        self.write(io, frame).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Metrics, Protocol, Refusal};
    use futures::io::{repeat, Cursor};
    use libp2p::request_response::Codec as _;

    const PROTOCOL: StreamProtocol = StreamProtocol::new("/lattice/test/1");
    const LIMITS: FrameLimits = FrameLimits {
        request: 16,
        response: 64,
    };

    type TestCodec = ScaleCodec<Vec<u8>, u64>;

    fn codec() -> (TestCodec, Metrics) {
        let metrics = Metrics::new(None).expect("metrics");
        let meter = metrics.meter(Protocol::Content);
        (ScaleCodec::new(LIMITS, meter), metrics)
    }

    async fn read(bytes: Vec<u8>) -> (io::Result<Vec<u8>>, Metrics) {
        let (mut codec, metrics) = codec();
        let request = codec.read_request(&PROTOCOL, &mut Cursor::new(bytes)).await;
        (request, metrics)
    }

    async fn read_answer(mut stream: impl AsyncRead + Unpin + Send) -> (io::Result<u64>, Metrics) {
        let (mut codec, metrics) = codec();
        let response = codec.read_response(&PROTOCOL, &mut stream).await;
        (response, metrics)
    }

    #[tokio::test]
    async fn a_message_is_a_length_and_its_scale_encoding() {
        let (mut codec, _) = codec();
        let mut stream = Cursor::new(Vec::new());
        codec
            .write_request(&PROTOCOL, &mut stream, vec![7, 8])
            .await
            .expect("written");
        let written = stream.into_inner();
        assert_eq!(written, [3, 0, 0, 0, 2 << 2, 7, 8]);
        let (request, _) = read(written).await;
        assert_eq!(request.expect("read"), [7, 8]);
    }

    #[tokio::test]
    async fn an_answer_is_read_as_it_was_written() {
        let (mut codec, _) = codec();
        let mut stream = Cursor::new(Vec::new());
        codec
            .write_response(&PROTOCOL, &mut stream, u64::MAX)
            .await
            .expect("written");
        stream.set_position(0);
        let response = codec.read_response(&PROTOCOL, &mut stream).await;
        assert_eq!(response.expect("read"), u64::MAX);
    }

    #[tokio::test]
    async fn of_a_stream_without_end_no_more_is_read_than_the_answer() {
        let mut answer = vec![8u8, 0, 0, 0];
        answer.extend([1; 8]);
        let endless = Cursor::new(answer).chain(repeat(7));
        let (response, metrics) = read_answer(endless).await;
        assert_eq!(response.expect("read"), u64::from_le_bytes([1; 8]));
        let meter = metrics.meter(Protocol::Content);
        assert_eq!(meter.received.get(), 12);
    }

    mod refuse {
        use super::*;

        #[tokio::test]
        async fn a_length_above_the_limit_before_the_bytes_have_come() {
            // Only the length is there: reading on would be an unexpected end.
            let (request, metrics) = read(vec![17, 0, 0, 0]).await;
            let error = request.expect_err("too long");
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            assert!(error.to_string().contains("17 bytes"), "{error}");
            assert_eq!(metrics.refusals(Refusal::Oversized), 1);
            let (request, _) = read(vec![255; 64]).await;
            assert_eq!(
                request.expect_err("too long").kind(),
                io::ErrorKind::InvalidData
            );
        }

        #[tokio::test]
        async fn bytes_after_the_message() {
            let (request, metrics) = read(vec![3, 0, 0, 0, 1 << 2, 7, 8]).await;
            assert!(request.is_err());
            assert_eq!(metrics.refusals(Refusal::Malformed), 1);
        }

        #[tokio::test]
        async fn a_message_that_ends_before_its_length() {
            let (request, _) = read(vec![3, 0, 0, 0, 2 << 2, 7]).await;
            assert_eq!(
                request.expect_err("too short").kind(),
                io::ErrorKind::UnexpectedEof
            );
        }

        #[tokio::test]
        async fn an_answer_above_its_limit_before_its_bytes_have_come() {
            // Longer than a request may be is not yet too long: what is missing is its end.
            let (response, metrics) = read_answer(Cursor::new(vec![64u8, 0, 0, 0])).await;
            let error = response.expect_err("too short");
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
            assert_eq!(metrics.refusals(Refusal::Oversized), 0);

            let (response, metrics) = read_answer(Cursor::new(vec![65u8, 0, 0, 0])).await;
            let error = response.expect_err("too long");
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            assert!(error.to_string().contains("65 bytes"), "{error}");
            assert_eq!(metrics.refusals(Refusal::Oversized), 1);
            assert_eq!(metrics.meter(Protocol::Content).received.get(), 0);
        }

        #[tokio::test]
        async fn answers_without_end() {
            // Its length is what its first bytes say: the longest there is, and none.
            for (byte, refusal) in [(255, Refusal::Oversized), (0, Refusal::Malformed)] {
                let (response, metrics) = read_answer(repeat(byte)).await;
                let error = response.expect_err("refused");
                assert_eq!(error.kind(), io::ErrorKind::InvalidData);
                assert_eq!(metrics.refusals(refusal), 1, "{}", refusal.name());
            }
        }

        #[tokio::test]
        async fn answers_that_are_longer_or_shorter_than_their_message() {
            for length in [7u8, 9] {
                let mut answer = vec![length, 0, 0, 0];
                answer.extend(vec![1; usize::from(length)]);
                let (response, metrics) = read_answer(Cursor::new(answer)).await;
                let error = response.expect_err("malformed");
                assert_eq!(error.kind(), io::ErrorKind::InvalidData);
                assert_eq!(metrics.refusals(Refusal::Malformed), 1, "{length}");
            }
        }

        #[tokio::test]
        async fn an_answer_that_ends_before_its_length() {
            let (response, metrics) = read_answer(Cursor::new(vec![8u8, 0, 0, 0, 1])).await;
            let error = response.expect_err("too short");
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
            assert_eq!(metrics.refusals(Refusal::Malformed), 0);
        }

        #[tokio::test]
        async fn to_send_what_the_other_side_would_refuse() {
            let (mut codec, _) = codec();
            let mut stream = Cursor::new(Vec::new());
            let sent = codec
                .write_request(&PROTOCOL, &mut stream, vec![0; 16])
                .await;
            assert!(sent.is_err());
            assert!(stream.into_inner().is_empty());
        }
    }
}
