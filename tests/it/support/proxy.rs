use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What makes a script run.
const CALL: &[u8] = b"EVALSHA";

/// Somebody between a gateway and a server, who can keep an answer to himself.
pub(crate) struct Proxy {
    address: SocketAddr,
    to_swallow: Arc<AtomicU32>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Stands in front of a server.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let to_swallow = Arc::<AtomicU32>::default();
        let mut tasks = JoinSet::new();
        let swallow = to_swallow.clone();
        tasks.spawn(async move {
            let mut exchanges = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                exchanges.spawn(exchange(client, server, swallow.clone()));
            }
        });
        Self { address, to_swallow, _tasks: tasks }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next scripts run, but their answers are lost with the connection.
    pub(crate) fn swallow_answers(&self, count: u32) {
        self.to_swallow.store(count, Ordering::SeqCst);
    }

    /// How many answers are still to be lost.
    pub(crate) fn left_to_swallow(&self) -> u32 {
        self.to_swallow.load(Ordering::SeqCst)
    }
}

/// Carries bytes to and fro until one side ends, or an answer is to be lost.
async fn exchange(mut client: TcpStream, server: SocketAddr, swallow: Arc<AtomicU32>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut asked, mut said) = (vec![0; 65_536], vec![0; 65_536]);
    let mut is_last = false;
    loop {
        tokio::select! {
            count = client.read(&mut asked) => {
                let Ok(count @ 1..) = count else { return };
                let is_call = asked[..count].windows(CALL.len()).any(|word| word == CALL);
                let take_one = |left: u32| left.checked_sub(1);
                let took = || swallow.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take_one);
                is_last |= is_call && took().is_ok();
                server.write_all(&asked[..count]).await.unwrap();
            }
            count = server.read(&mut said) => {
                let Ok(count @ 1..) = count else { return };
                if is_last {
                    return;
                }
                if client.write_all(&said[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}
