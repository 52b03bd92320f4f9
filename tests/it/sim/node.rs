//! The life of one gateway process, and the way its calls take to the world.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::core::Core;
use super::fault::{Fault, Place};

/// A process. Once dead none of its calls ever comes back, so that nothing can follow from them;
/// while it stands still they wait.
pub(super) struct Node {
    pub(super) name: String,
    dead: CancellationToken,
    paused_until: Mutex<Option<Instant>>,
}

impl Node {
    pub(super) fn new(name: String) -> Arc<Self> {
        Arc::new(Self { name, dead: CancellationToken::new(), paused_until: Mutex::default() })
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.is_cancelled()
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused_until.lock().unwrap().is_some_and(|until| Instant::now() < until)
    }

    pub(super) async fn died(&self) {
        self.dead.cancelled().await;
    }

    pub(super) fn kill(&self) {
        self.dead.cancel();
    }

    async fn die(&self) -> Infallible {
        self.kill();
        std::future::pending().await
    }

    pub(super) fn pause(&self, span: Duration) {
        let until = Some(Instant::now() + span);
        let mut paused_until = self.paused_until.lock().unwrap();
        *paused_until = (*paused_until).max(until);
    }

    /// Comes back when the process runs, which may be never.
    pub(super) async fn running(&self) {
        loop {
            if self.is_dead() {
                std::future::pending::<()>().await;
            }
            let until = *self.paused_until.lock().unwrap();
            match until.filter(|until| Instant::now() < *until) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return,
            }
        }
    }
}

/// Why a call has no answer of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lost {
    /// It was never sent.
    Unreached,
    /// It may have happened.
    Ambiguous,
    /// Patience is asked for.
    Throttled,
    /// An earlier call is still at work.
    InFlight,
}

/// What a call does to the world; it may be done more than once.
pub(super) type Effect<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// An answer: how it is lost, and how it is written down.
pub(super) trait Answer: Send + 'static {
    fn lost(lost: Lost) -> Self;
    fn told(&self) -> String;
}

/// The way from one gateway to the world.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) core: Arc<Core>,
    pub(super) node: Arc<Node>,
}

impl Wire {
    /// Carries a call there and its answer back, or not.
    pub(super) async fn carry<T: Answer>(&self, place: Place, name: &str, effect: Effect<T>) -> T {
        self.node.running().await;
        let (number, fault) = self.core.faults.lock().unwrap().next(place, name);
        self.sent(number, name, fault);
        if self.core.faults.lock().unwrap().is_away(place) {
            self.core.travel(place).await;
            return self.back(place, name, T::lost(Lost::Unreached)).await;
        }
        self.core.travel(place).await;
        let answer = match fault {
            None => effect(),
            Some(fault) => self.struck(fault, effect).await,
        };
        self.back(place, name, answer).await
    }

    /// A look around that is never struck by itself.
    pub(super) async fn glance<T: Answer>(&self, effect: impl FnOnce() -> T) -> T {
        self.node.running().await;
        if self.core.faults.lock().unwrap().is_away(Place::Read) {
            return T::lost(Lost::Unreached);
        }
        effect()
    }

    fn sent(&self, number: Option<usize>, name: &str, fault: Option<Fault>) {
        let (who, number) = (&self.node.name, number.map_or(String::new(), |it| format!("#{it} ")));
        match fault {
            None => self.core.note(who, format_args!("{number}{name}")),
            Some(fault) => self.core.note(who, format_args!("{number}{name} !! {fault:?}")),
        }
    }

    async fn back<T: Answer>(&self, place: Place, name: &str, answer: T) -> T {
        self.core.travel(place).await;
        self.node.running().await;
        self.core.note(&self.node.name, format_args!("{name} = {}", answer.told()));
        answer
    }

    async fn struck<T: Answer>(&self, fault: Fault, effect: Effect<T>) -> T {
        match fault {
            Fault::CrashBefore => match self.node.die().await {},
            Fault::CrashAfter => {
                drop(effect());
                match self.node.die().await {}
            }
            Fault::RequestLost => T::lost(Lost::Ambiguous),
            Fault::ResponseLost => {
                drop(effect());
                T::lost(Lost::Ambiguous)
            }
            Fault::Late(span) => {
                self.core.later(span, move || drop(effect()));
                T::lost(Lost::Ambiguous)
            }
            Fault::Duplicate(span) => {
                let answer = effect();
                self.core.later(span, move || drop(effect()));
                answer
            }
            Fault::SlowRequest(span) => {
                let (tell, told) = oneshot::channel();
                self.core.later(span, move || drop(tell.send(effect())));
                told.await.unwrap_or_else(|_| T::lost(Lost::Ambiguous))
            }
            Fault::SlowAnswer(span) => {
                let (answer, on_its_way) = (effect(), self.core.on_its_way());
                tokio::time::sleep(span).await;
                drop(on_its_way);
                answer
            }
            Fault::Gone(span) => {
                drop(effect());
                self.core.go_down(span);
                match self.node.die().await {}
            }
            Fault::Unreached => T::lost(Lost::Unreached),
            Fault::Throttled => T::lost(Lost::Throttled),
            Fault::InFlight => T::lost(Lost::InFlight),
            Fault::Pause(span) => {
                self.node.pause(span);
                self.node.running().await;
                effect()
            }
        }
    }
}
