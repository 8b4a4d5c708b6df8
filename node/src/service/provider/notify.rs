//! What the worker says of itself: datagrams of lines `NAME=value`, as systemd takes them, and one of its
//! own, `X_LATTICE_HEALTHY`.

/// More of a datagram is not read.
pub const MAX_DATAGRAM: usize = 4096;
/// More of a status is not logged.
const MAX_STATUS: usize = 200;

/// One thing that the worker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// It serves.
    Ready,
    /// It is alive.
    Watchdog,
    /// Whether it is well, by its own judgement: the one that its `/health` gives.
    Healthy(bool),
    /// It was told to stop.
    Stopping,
    /// What it is at, for people.
    Status(String),
}

/// The messages in a datagram; what is not known is left out.
pub fn messages(datagram: &[u8]) -> Vec<Message> {
    let text = String::from_utf8_lossy(datagram);
    text.lines()
        .filter_map(|line| match line.split_once('=')? {
            ("READY", "1") => Some(Message::Ready),
            ("WATCHDOG", "1") => Some(Message::Watchdog),
            ("X_LATTICE_HEALTHY", "1") => Some(Message::Healthy(true)),
            ("X_LATTICE_HEALTHY", "0") => Some(Message::Healthy(false)),
            ("STOPPING", "1") => Some(Message::Stopping),
            ("STATUS", status) => Some(Message::Status(status.chars().take(MAX_STATUS).collect())),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_may_say_several_things_and_some_that_are_not_known() {
        let datagram = b"MAINPID=7\nREADY=1\nSTATUS=serving 2 models\nREADY=0\nWATCHDOG=1\nnothing";
        let expected = [
            Message::Ready,
            Message::Status("serving 2 models".to_owned()),
            Message::Watchdog,
        ];
        assert_eq!(messages(datagram), expected);
        assert_eq!(messages(b"STOPPING=1"), [Message::Stopping]);
    }

    #[test]
    fn a_sign_of_life_says_whether_the_worker_is_well() {
        for (said, healthy) in [("1", true), ("0", false)] {
            let datagram = format!("WATCHDOG=1\nX_LATTICE_HEALTHY={said}");
            let expected = [Message::Watchdog, Message::Healthy(healthy)];
            assert_eq!(messages(datagram.as_bytes()), expected);
        }
        for other in ["", "2", "01", "yes", "1 ", "18446744073709551617"] {
            let datagram = format!("X_LATTICE_HEALTHY={other}");
            assert!(messages(datagram.as_bytes()).is_empty(), "{other}");
        }
    }

    #[test]
    fn neither_bytes_that_are_no_text_nor_a_long_status_do_harm() {
        assert!(messages(&[0xff, b'=', b'1']).is_empty());
        let long = format!("STATUS={}", "x".repeat(4_000));
        let expected = Message::Status("x".repeat(MAX_STATUS));
        assert_eq!(messages(long.as_bytes()), [expected]);
    }
}
