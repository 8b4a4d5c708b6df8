//! A line between a client and a gateway that loses the answers to what is posted.

use anyhow::Result;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread;

/// Passes everything on to a port of the loopback interface and back, but for the answer to a POST:
/// when that has come, and so has been made, it breaks the connection. Answers where it listens; it
/// ends with the test.
pub fn line_to(port: u16) -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // A client whose gateway is not there sees its connection close.
            if let Ok(gateway) = TcpStream::connect(("127.0.0.1", port)) {
                let _ = connect(client, gateway);
            }
        }
    });
    Ok(address)
}

fn connect(client: TcpStream, gateway: TcpStream) -> Result<()> {
    let posted = Arc::new(AtomicBool::new(false));
    let (from, mut to, seen) = (client.try_clone()?, gateway.try_clone()?, posted.clone());
    thread::spawn(move || {
        pass(from, |bytes| {
            // The client writes the head of a request at once.
            if bytes.starts_with(b"POST ") {
                seen.store(true, Ordering::SeqCst);
            }
            to.write_all(bytes).is_ok()
        });
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut back = client;
    thread::spawn(move || {
        pass(gateway, |bytes| {
            !posted.load(Ordering::SeqCst) && back.write_all(bytes).is_ok()
        });
        let _ = back.shutdown(Shutdown::Both);
    });
    Ok(())
}

/// Reads until the other side ends or the bytes are not wanted any more.
fn pass(mut from: TcpStream, mut wanted: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 || !wanted(&buffer[..count]) {
            return;
        }
    }
}
