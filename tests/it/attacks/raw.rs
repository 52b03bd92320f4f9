//! Connections on which every byte is ours.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::Running;

/// A connection; reading from it ends some time.
pub(super) fn connect(gateway: &Running) -> TcpStream {
    let stream = TcpStream::connect(gateway.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(25))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(25))).unwrap();
    stream
}

/// Everything that comes until the other side closes the connection. That it does not is a failure.
pub(super) fn read_to_close(stream: &mut TcpStream) -> String {
    let (mut read, mut piece) = (Vec::new(), [0; 4_096]);
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(more) => read.extend_from_slice(&piece[..more]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&read)),
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// Says something and gives everything that comes back.
pub(super) fn answered(gateway: &Running, said: &[u8]) -> String {
    let mut stream = connect(gateway);
    stream.write_all(said).unwrap();
    read_to_close(&mut stream)
}

/// The head of a call that opens a session, up to what says how long its body is.
pub(super) fn opening(key: &str) -> String {
    format!(
        "POST /checkout_sessions HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer \
         acp_demo_agent\r\napi-version: 2026-04-17\r\nidempotency-key: {key}\r\n\
         content-type: application/json\r\n"
    )
}

/// A body that opens a session.
pub(super) const BASKET: &str =
    r#"{"currency":"usd","capabilities":{},"line_items":[{"id":"honey-wildflower-350g"}]}"#;

/// That nobody has opened a session.
pub(super) fn assert_untouched(gateway: &Running) {
    let listed = answered(
        gateway,
        b"GET /checkout_sessions HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\
          authorization: Bearer acp_demo_merchant\r\napi-version: 2026-04-17\r\n\r\n",
    );
    assert!(listed.starts_with("HTTP/1.1 200 "), "{listed}");
    assert!(listed.contains("\"checkout_sessions\":[]"), "{listed}");
}

/// That somebody who means well is served: opens a session.
pub(super) fn assert_served(gateway: &Running, key: &str) {
    let said = format!(
        "{}connection: close\r\ncontent-length: {}\r\n\r\n{BASKET}",
        opening(key),
        BASKET.len()
    );
    let answer = answered(gateway, said.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}
