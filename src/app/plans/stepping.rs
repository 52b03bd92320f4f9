//! The steps of a plan until it pays.

use acp_core::cart::{CancelCart, OpenCart, ReplaceCart};
use acp_core::ids::{CartId, OrderId};
use acp_core::order::{Order, OrderCommand, OrderStage};
use acp_core::plan::{At, Basis, Line, Operation, OrderChoice, StepKind, StepStatus, StopReason};
use acp_core::ports::{Before, Operation as Call, Subject, Whose};
use acp_core::refusal::{Broken, Refusal};
use acp_core::session::{ChangeSession, NoticeCode, Quantity, Readiness, Session, Stage, Wanted};

use super::PlanRuns;
use super::pricing::{as_change, choosing, opening};
use super::work::{PlanHand, Progress};
use crate::app::sessions::alter::Found;
use crate::app::sessions::read::as_of;
use crate::app::{App, Failure, Said};

/// The first status of answers that say no.
const REFUSED: u16 = 400;

pub(super) const fn is_refused(said: &Said) -> bool {
    said.answer.status >= REFUSED
}

/// Goods as carts and checkouts want them.
pub(super) fn wanted(lines: &[Line]) -> Vec<Wanted> {
    let wanted = |line: &Line| {
        let quantity = Quantity::new(line.quantity)?;
        Some(Wanted { item: line.item.clone(), quantity })
    };
    lines.iter().filter_map(wanted).collect()
}

/// The cart it began with, which is the one it works on.
fn known_cart(hand: &mut PlanHand) -> Option<CartId> {
    let Basis::Cart(cart) = hand.plan.wish.basis.clone() else { return None };
    hand.plan.made.cart = Some(cart.clone());
    Some(cart)
}

impl PlanRuns {
    /// Whether it goes on at all: not when it was called off or took too long.
    pub(super) fn to_stop(&self, hand: &mut PlanHand) -> Result<Option<StopReason>, Failure> {
        if hand.is_canceled() {
            return Ok(Some(StopReason::CanceledByCaller));
        }
        let is_late = self.0.ports.clock.now() > hand.run()?.deadline;
        Ok(is_late.then_some(StopReason::TimedOut))
    }

    pub(super) async fn apply_cart(&self, hand: &mut PlanHand) -> Result<Progress, Failure> {
        if let Some(reason) = self.to_stop(hand)? {
            return self.turn_back(hand, reason).await;
        }
        self.see_to_orders(hand).await?;
        if !hand.plan.has(StepKind::CartApply) {
            return self.after_cart(hand).await;
        }
        self.begin(hand, StepKind::CartApply);
        let lines: Vec<Line> = hand.plan.terms.lines.iter().map(|it| it.line.clone()).collect();
        let said = if let Some(cart) = known_cart(hand) {
            match self.found_lines(hand, &cart).await? {
                Some(found) if found == lines => None,
                Some(found) if found == hand.plan.terms.before => {
                    Some(self.put_into(hand, &cart, &lines).await)
                }
                Some(_) | None => return self.advance(hand, At::Replanning(CHANGED)).await,
            }
        } else {
            let buyer = hand.plan.wish.buyer.clone();
            let open = OpenCart { wanted: wanted(&lines), buyer, locale: None };
            Some(self.0.open_cart(hand.ask(StepKind::CartApply, open)).await)
        };
        match said {
            // Nothing of it is left: there may be a second choice.
            Some(Ok(said)) if is_refused(&said) => {
                return self.advance(hand, At::Replanning(StopReason::OutOfStock)).await;
            }
            Some(Ok(said)) => {
                if let Some(Subject::Cart(cart)) = said.answer.made {
                    hand.plan.made.cart = Some(cart);
                }
            }
            Some(Err(failure)) => return App::passes(failure),
            None => {}
        }
        self.done(hand, StepKind::CartApply, "The basket is as it should be.");
        self.after_cart(hand).await
    }

    async fn after_cart(&self, hand: &mut PlanHand) -> Result<Progress, Failure> {
        if hand.plan.terms.pays || hand.plan.has(StepKind::SessionUpdate) {
            self.advance(hand, At::OpeningSession).await
        } else {
            self.end(hand, None).await
        }
    }

    async fn found_lines(
        &self,
        hand: &PlanHand,
        cart: &CartId,
    ) -> Result<Option<Vec<Line>>, Failure> {
        match self.0.ground(&hand.plan.owner, &Basis::Cart(cart.clone())).await {
            Ok(ground) => Ok(Some(ground.lines)),
            // A cart that was emptied is gone.
            Err(Failure::Refused(Refusal::CartNotFound)) => {
                Ok(hand.plan.terms.lines.is_empty().then(Vec::new))
            }
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn put_into(
        &self,
        hand: &PlanHand,
        cart: &CartId,
        lines: &[Line],
    ) -> Result<Said, Failure> {
        if lines.is_empty() {
            return self.0.cancel_cart(cart, hand.ask(StepKind::CartApply, CancelCart)).await;
        }
        let buyer = hand.plan.wish.buyer.clone();
        let replace = ReplaceCart { wanted: wanted(lines), buyer };
        self.0.replace_cart(cart, hand.ask(StepKind::CartApply, replace)).await
    }

    pub(super) async fn open_session(&self, hand: &mut PlanHand) -> Result<Progress, Failure> {
        if let Some(reason) = self.to_stop(hand)? {
            return self.turn_back(hand, reason).await;
        }
        let plan = &hand.plan;
        let (buyer, contact) = (plan.terms.buyer.clone(), plan.terms.contact.clone());
        let mut open = opening(&plan.terms.lines, plan.terms.codes.clone(), buyer, contact);
        open.quote_id = plan.made.cart.as_ref().map(|cart| cart.as_str().into());
        let (step, said) = match plan.wish.basis.clone() {
            Basis::Session(session) => {
                let (step, change) = (StepKind::SessionUpdate, as_change(&open));
                self.begin(hand, step);
                hand.plan.made.session = Some(session.clone());
                (step, self.0.change_session(&session, hand.ask(step, change)).await)
            }
            Basis::Nothing | Basis::Cart(_) => {
                let step = StepKind::SessionCreate;
                self.begin(hand, step);
                (step, self.0.open_session(hand.ask(step, open)).await)
            }
        };
        let said = match said {
            Ok(said) => said,
            Err(failure) => return App::passes(failure),
        };
        if is_refused(&said) {
            return self.advance(hand, At::Replanning(StopReason::NotReady)).await;
        }
        if let Some(Subject::Session(session)) = said.answer.made {
            hand.plan.made.session = Some(session);
        }
        self.done(hand, step, "The checkout is open.");
        self.advance(hand, At::SelectingDelivery).await
    }

    pub(super) async fn select_delivery(&self, hand: &mut PlanHand) -> Result<Progress, Failure> {
        if let Some(reason) = self.to_stop(hand)? {
            return self.turn_back(hand, reason).await;
        }
        let session = self.session_of(hand).await?;
        if !hand.plan.terms.selections.is_empty() {
            self.begin(hand, StepKind::DeliverySelect);
            let selections = hand.plan.terms.selections.clone();
            let change: ChangeSession = choosing(&session, selections);
            let ask = hand.ask(StepKind::DeliverySelect, change);
            match self.0.change_session(&session.id, ask).await {
                Ok(said) if is_refused(&said) => {
                    return self.advance(hand, At::Replanning(CHANGED)).await;
                }
                Ok(_) => {}
                Err(failure) => return App::passes(failure),
            }
            self.done(hand, StepKind::DeliverySelect, "The delivery is chosen.");
        }
        if !hand.plan.terms.pays {
            return self.end(hand, None).await;
        }
        let session = self.session_of(hand).await?;
        match why_not(&hand.plan, &session) {
            Some(reason) => self.advance(hand, At::Replanning(reason)).await,
            None => self.advance(hand, At::Paying).await,
        }
    }

    /// The checkout of the plan.
    pub(super) async fn session_of(&self, hand: &PlanHand) -> Result<Session, Failure> {
        Ok(self.found_session(hand).await?.0)
    }

    /// The same, and the revision it stands at.
    pub(super) async fn found_session(&self, hand: &PlanHand) -> Result<Found, Failure> {
        let id =
            hand.plan.made.session.as_ref().ok_or(Broken("a plan that pays has a checkout"))?;
        let seen = self.0.ports.checkouts.look(id.partition(), Some(id), None).await?;
        let (session, at) = seen.session.ok_or(Refusal::SessionNotFound)?;
        Ok((as_of(session, self.0.ports.clock.now())?, at))
    }
}

/// Why a checkout is not paid for as it is: it lacks something, or is not what somebody has seen.
pub(super) fn why_not(plan: &acp_core::plan::Plan, session: &Session) -> Option<StopReason> {
    let Stage::Open(Readiness::Ready { total }) = session.stage else {
        return Some(why_not_ready(session));
    };
    if plan.is_as_planned(session, total) {
        return None;
    }
    let is_dearer = plan.terms.total.is_some_and(|planned| total.minor() > planned.minor());
    Some(if is_dearer { StopReason::OverBudget } else { CHANGED })
}

/// Why a checkout is not ready, by what it says.
pub(super) fn why_not_ready(session: &Session) -> StopReason {
    let says = |code| session.quote.notices.iter().any(|notice| notice.code == code);
    if says(NoticeCode::OutOfStock) || says(NoticeCode::QuantityExceeded) {
        StopReason::OutOfStock
    } else {
        StopReason::NotReady
    }
}

const CHANGED: StopReason = StopReason::Changed;

impl PlanRuns {
    /// Looks at orders, and calls off those that are to be called off.
    async fn see_to_orders(&self, hand: &mut PlanHand) -> Result<(), Failure> {
        for operation in hand.plan.wish.draft.operations().to_vec() {
            match operation {
                Operation::OrderStatus(choice) => {
                    let say = match self.order_of(hand, &choice).await? {
                        Some(order) => {
                            let stage = order.stage();
                            format!("Order {} is {}.", order.id, stage_name(stage))
                        }
                        None => "There is no such order.".to_owned(),
                    };
                    self.done(hand, StepKind::OrderStatus, say);
                }
                Operation::CancelOrder(choice) => {
                    let order = self.order_of(hand, &choice).await?;
                    let say = match order {
                        Some(order) => self.call_off(hand, &order.id).await?,
                        None => "There is no such order.",
                    };
                    if say == CALLED_OFF {
                        self.done(hand, StepKind::OrderCancel, say);
                    } else {
                        hand.plan.mark(StepKind::OrderCancel, StepStatus::Failed);
                        let now = self.0.ports.clock.now();
                        let kind = acp_core::plan::MomentKind::StepFailed;
                        hand.plan.note(now, kind, Some(StepKind::OrderCancel), say);
                    }
                }
                Operation::Search { .. } | Operation::ViewCart => {
                    self.done(hand, StepKind::Search, "");
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn order_of(
        &self,
        hand: &PlanHand,
        choice: &OrderChoice,
    ) -> Result<Option<Order>, Failure> {
        let checkouts = &self.0.ports.checkouts;
        let id = match choice {
            OrderChoice::Named(id) => OrderId::parse(id).ok(),
            OrderChoice::Latest => {
                let whose = Whose::Agent(hand.plan.owner.clone());
                let before: Option<&Before> = None;
                checkouts.orders(&whose, before, 1).await?.pop().map(|place| place.order)
            }
        };
        let Some(id) = id else { return Ok(None) };
        let order = Order::replay(id.clone(), checkouts.order(&id).await?);
        let is_theirs =
            |order: &Order| order.ordered.as_ref().is_some_and(|it| it.owner == hand.plan.owner);
        Ok(order.filter(is_theirs))
    }

    async fn call_off(&self, hand: &PlanHand, order: &OrderId) -> Result<&'static str, Failure> {
        let command = OrderCommand::Cancel { lines: Vec::new(), reason: None };
        let ask = hand.ask(StepKind::OrderCancel, command);
        match self.0.command_order(order, Call::CancelLines, ask).await {
            Ok(said) if !is_refused(&said) => Ok(CALLED_OFF),
            Ok(_) | Err(Failure::Refused(_)) => Ok("The order cannot be called off any more."),
            Err(failure) => Err(failure),
        }
    }
}

const CALLED_OFF: &str = "The order is called off.";

const fn stage_name(stage: OrderStage) -> &'static str {
    match stage {
        OrderStage::Confirmed => "confirmed",
        OrderStage::Processing => "being prepared",
        OrderStage::Shipped => "on its way",
        OrderStage::Completed => "delivered",
        OrderStage::Canceled => "canceled",
    }
}
