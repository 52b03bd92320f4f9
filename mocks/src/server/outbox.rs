use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::Uri;
use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::{StartError, SteeredClock, Switches, Tasks, post_json, sign};

/// How long an event waits for the one that should overtake it.
const OVERTAKEN_WITHIN: Duration = Duration::from_millis(500);
/// The pauses before an event that was not taken is sent again.
const PAUSES_MS: [u64; 6] = [100, 200, 400, 800, 1_600, 3_200];

/// Where events are told.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// A plain http address.
    pub url: String,
    /// What they are signed with.
    pub secret: String,
}

/// Events on their way: in order, unless fate mixes them up, and again where they are not taken.
#[derive(Debug)]
pub(crate) struct Outbox {
    sender: UnboundedSender<Bytes>,
    /// The other end, until the first event is due and there is a runtime to work in.
    waiting: Mutex<Option<Courier>>,
}

#[derive(Debug)]
struct Courier {
    events: UnboundedReceiver<Bytes>,
    switches: Arc<Switches>,
    endpoint: Arc<Endpoint>,
}

#[derive(Debug)]
struct Endpoint {
    url: Uri,
    secret: String,
    signature_header: &'static str,
}

impl Outbox {
    /// One that sends to a webhook, with the signature in a header of this name.
    pub(crate) fn new(
        webhook: Webhook,
        signature_header: &'static str,
        switches: Arc<Switches>,
    ) -> Result<Self, StartError> {
        let url = webhook.url.parse::<Uri>().ok();
        let plain = url.filter(|url| url.scheme_str() == Some("http"));
        let url = plain.ok_or(StartError::WebhookUrl(webhook.url))?;
        let (sender, events) = unbounded_channel();
        let endpoint = Arc::new(Endpoint { url, secret: webhook.secret, signature_header });
        let courier = Courier { events, switches, endpoint };
        Ok(Self { sender, waiting: Mutex::new(Some(courier)) })
    }

    /// Sends an event off.
    pub(crate) fn send(&self, event: Bytes, tasks: &Tasks) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(courier) = waiting.take() {
            tasks.start(courier.deliver());
        }
        // When the courier is gone, so is the mock.
        drop(self.sender.send(event));
    }
}

impl Courier {
    async fn deliver(mut self) {
        let mut overtaken = None;
        let mut repeats = JoinSet::new();
        let mut is_open = true;
        while is_open {
            tokio::select! {
                biased;
                event = self.events.recv() => match event {
                    None => is_open = false,
                    Some(event) => {
                        let (is_twice, is_late) = self.switches.delivery();
                        let copies = if is_twice { 2 } else { 1 };
                        if is_late && overtaken.is_none() {
                            overtaken = Some((event, copies));
                            continue;
                        }
                        self.post(event, copies, &mut repeats).await;
                        if let Some((event, copies)) = overtaken.take() {
                            self.post(event, copies, &mut repeats).await;
                        }
                    }
                },
                () = tokio::time::sleep(OVERTAKEN_WITHIN), if overtaken.is_some() => {
                    if let Some((event, copies)) = overtaken.take() {
                        self.post(event, copies, &mut repeats).await;
                    }
                }
                Some(_) = repeats.join_next() => {}
            }
        }
    }

    /// Posts an event; while it is not taken, others go on and it is sent again later.
    async fn post(&self, event: Bytes, copies: u8, repeats: &mut JoinSet<()>) {
        for _ in 0..copies {
            if self.endpoint.post(&event).await {
                continue;
            }
            let (endpoint, event) = (Arc::clone(&self.endpoint), event.clone());
            repeats.spawn(async move { endpoint.post_again(&event).await });
        }
    }
}

impl Endpoint {
    /// Posts an event until it is taken, a few times.
    async fn post_again(&self, event: &Bytes) {
        for pause in PAUSES_MS {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if self.post(event).await {
                break;
            }
        }
    }

    /// Whether the event was taken.
    async fn post(&self, event: &Bytes) -> bool {
        // The time of day: a receiver that checks it knows nothing of the clock of the mock.
        let second = SteeredClock::real().unix_ms().div_euclid(1_000);
        let headers = [(self.signature_header, sign(&self.secret, second, event))];
        let status = post_json(&self.url, &headers, event.clone()).await;
        status.is_ok_and(|status| (200..300).contains(&status))
    }
}
