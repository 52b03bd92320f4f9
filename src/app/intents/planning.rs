//! A sentence becomes a plan, and the plan what a conversation speaks of.

use std::sync::Arc;
use std::time::Duration;

use acp_core::dialogue::{Conversation, Understand};
use acp_core::ids::PlanId;
use acp_core::plan::{
    Basis, Constraint, Count, Line, Mode, Operation, Outline, OutlinedLine, Plan, PlanDraft,
    PlanStatus, PlanWish, Planner,
};
use acp_core::principal::Principal;
use acp_core::session::{Quantity, Wanted};

use crate::app::{App, Ask, CancelPlan, ExecutePlan, Failure};

const CHECKOUT: Operation = Operation::Checkout;

/// Whether there is anything to plan: looking around is no plan, and what is said for the checkout
/// to come is remembered until then.
fn is_to_plan(draft: &PlanDraft, talk: &Conversation) -> bool {
    draft.operations().iter().any(|operation| match operation {
        Operation::Checkout | Operation::CancelOrder(_) => true,
        Operation::ApplyDiscount { .. }
        | Operation::RemoveDiscount { .. }
        | Operation::SetAddress(_)
        | Operation::SetDelivery(_) => talk.session.is_some(),
        operation => operation.changes_cart(),
    })
}

/// What puts everything into a cart that was wanted in a conversation without one.
fn adding(basket: &[Wanted]) -> impl Iterator<Item = Operation> {
    basket.iter().filter_map(|wanted| {
        let quantity = Count::new(wanted.quantity.get())?;
        Some(Operation::Add { item: wanted.item.clone(), quantity, fallbacks: Vec::new() })
    })
}

/// What would be in the cart after a sentence, also where the sentence says that it is paid for:
/// whether it will be is not known yet.
fn basket_after(before: &[Wanted], draft: &PlanDraft) -> Option<Vec<Wanted>> {
    let line = |it: &Wanted| Line { item: it.item.clone(), quantity: it.quantity.get() };
    let lines: Vec<Line> = before.iter().map(line).collect();
    let outline = Outline::of(draft, &lines).ok()?;
    let wanted = |it: &OutlinedLine| {
        let quantity = Quantity::new(it.line.quantity)?;
        Some(Wanted { item: it.line.item.clone(), quantity })
    };
    Some(outline.lines.iter().filter_map(wanted).collect())
}

impl App {
    /// The plan a sentence comes to, to be written down with it for whoever may begin it. What a
    /// conversation without a cart has come to so far is all in it.
    pub(super) async fn plan_of(
        &self,
        ask: &Ask<Understand>,
        (said, talk): (&Understand, &mut Conversation),
        (before, draft): (&[Wanted], &PlanDraft),
        planner: Planner,
    ) -> Result<Option<Plan>, Failure> {
        for operation in draft.operations() {
            talk.note_wish(operation);
        }
        if !is_to_plan(draft, talk) {
            return Ok(None);
        }
        if talk.session.is_none() && talk.cart.is_none() && draft.operations().contains(&CHECKOUT) {
            talk.basket = basket_after(before, draft).unwrap_or_default();
        }
        let Some(draft) = whole_draft(before, draft, talk) else { return Ok(None) };
        let basis = match (&talk.session, &talk.cart) {
            (Some(session), _) => Basis::Session(session.clone()),
            (None, Some(cart)) => Basis::Cart(cart.clone()),
            (None, None) => Basis::Nothing,
        };
        let by_mandate = if talk.mandate.is_some() { Mode::Autopilot } else { Mode::Assisted };
        let wish = PlanWish {
            draft,
            basis,
            mode: said.mode.unwrap_or(by_mandate),
            mandate: talk.mandate.clone(),
            buyer: said.buyer.clone(),
            contact: said.contact.clone(),
            conversation: Some(talk.id.as_str().into()),
            planner,
        };
        let id = PlanId::new(talk.id.partition(), self.ports.entropy.random128());
        let plan = self.planned(&ask.clone().map(|_| wish), id).await?;
        talk.plan = Some(plan.id.clone());
        Ok(Some(plan))
    }

    /// What became of the plan a conversation speaks of: what it has made is what is spoken of from
    /// now on.
    pub(super) async fn look_at_plan_of(
        &self,
        principal: &Principal,
        talk: &mut Conversation,
    ) -> Result<(), Failure> {
        let Some(id) = talk.plan.clone() else { return Ok(()) };
        let plan = match self.read_plan(principal, &id).await {
            Ok(plan) => plan,
            Err(Failure::Refused(_)) => {
                talk.plan = None;
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        if let Some(order) = plan.made.order {
            talk.note_order(order);
            if plan.status == PlanStatus::Completed {
                talk.begin_anew();
            }
            return Ok(());
        }
        let is_done = plan.status.is_over() && plan.status != PlanStatus::Canceled;
        if is_done
            && talk.session.is_none()
            && let Some(cart) = plan.made.cart
        {
            talk.cart = Some(cart);
            talk.basket.clear();
        }
        if plan.status.is_over() {
            talk.plan = None;
        }
        Ok(())
    }

    /// What is said about the plan itself: it is called off, or begun.
    pub(super) async fn about_the_plan(
        self: &Arc<Self>,
        ask: &Ask<Understand>,
        talk: &mut Conversation,
        draft: &PlanDraft,
    ) -> Result<Option<Plan>, Failure> {
        let Some(id) = talk.plan.clone() else { return Ok(None) };
        let says = |wanted: &Operation| draft.operations().contains(wanted);
        if says(&Operation::CancelPlan) {
            let ask = Ask { key: None, ..ask.clone().map(|_| CancelPlan::default()) };
            match self.cancel_plan(&id, ask).await {
                Ok(_) | Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure),
            }
        } else if !says(&Operation::Confirm) {
            return Ok(None);
        }
        Ok(Some(self.read_plan(&ask.principal, &id).await?))
    }

    /// Begins the plan a sentence came to, where whoever said it wants that and nobody has to be
    /// asked; says how it stands then.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn begin_if_allowed(
        self: &Arc<Self>,
        id: &PlanId,
        ask: Ask<Understand>,
        patience: Duration,
    ) -> Result<Plan, Failure> {
        let principal = Arc::clone(&ask.principal);
        let plan = self.read_plan(&principal, id).await?;
        let command = ask.command.as_ref().ok();
        let is_wanted = command.is_some_and(|said| said.is_executed);
        let payment = command.and_then(|said| said.payment.clone());
        let can_pay = !plan.terms.pays || payment.is_some();
        if !is_wanted || plan.status != PlanStatus::Ready || !can_pay {
            return Ok(plan);
        }
        let command = ExecutePlan { digest: plan.digest, payment };
        match self.execute_plan(id, ask.map(|_| command)).await {
            // Whoever was faster has begun it.
            Ok(_) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
        self.wait_for_plan(&principal, id, patience).await
    }
}

/// The draft of everything that is to be done: of a conversation that has no cart, all it has come
/// to; and before a checkout what was said for it earlier.
fn whole_draft(before: &[Wanted], draft: &PlanDraft, talk: &Conversation) -> Option<PlanDraft> {
    let said = draft.operations();
    let has_cart = talk.session.is_some() || talk.cart.is_some();
    let pays = said.contains(&CHECKOUT);
    let mut operations = Vec::new();
    if !has_cart {
        operations.extend(adding(before));
    }
    if pays {
        let is_unsaid = |wish: &&Operation| !said.contains(wish);
        operations.extend(talk.wishes.iter().filter(is_unsaid).cloned());
    }
    let is_meant = |operation: &&Operation| {
        !matches!(
            operation,
            Operation::CancelPlan | Operation::Confirm | Operation::Decline | Operation::RepeatLast
        )
    };
    operations.extend(said.iter().filter(is_meant).cloned());
    let constraints: Vec<Constraint> = draft.constraints().to_vec();
    // What is too much for a plan is told as actions all the same.
    PlanDraft::new(operations, constraints).ok()
}
