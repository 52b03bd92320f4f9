use acp_core::cart::{CancelCart, Cart, ReplaceCart};
use acp_core::ids::{CartId, Partition};
use acp_core::limits::RACES_MAX;
use acp_core::ports::{
    Answer, AnswerKey, CartChange, CartContent, CartWrite, Committed, Operation, SeenCart, Subject,
};
use acp_core::refusal::Refusal;

use super::{Found, own};
use crate::app::ask::bounded;
use crate::app::{App, Ask, Failure, Said};

/// What can be done to a cart in one commit.
#[derive(Clone, Debug)]
enum Alteration {
    Replace(Box<ReplaceCart>),
    Cancel,
}

/// What was decided about a cart.
struct Altered {
    write: CartWrite,
    answer: Answer,
    /// Whether it ends without a checkout that came of it.
    is_given_up: bool,
}

impl App {
    /// Replaces everything in a cart.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(cart.id = %id))]
    pub async fn replace_cart(&self, id: &CartId, ask: Ask<ReplaceCart>) -> Result<Said, Failure> {
        let ask = ask.map(|replace| Alteration::Replace(Box::new(replace)));
        self.alter_cart(id, Operation::ReplaceCart, ask).await
    }

    /// Gives a cart up, and says how it was last.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(cart.id = %id))]
    pub async fn cancel_cart(&self, id: &CartId, ask: Ask<CancelCart>) -> Result<Said, Failure> {
        let ask = ask.map(|CancelCart| Alteration::Cancel);
        self.alter_cart(id, Operation::CancelCart, ask).await
    }

    async fn alter_cart(
        &self,
        id: &CartId,
        operation: Operation,
        ask: Ask<Alteration>,
    ) -> Result<Said, Failure> {
        let (place, key) =
            (id.partition(), ask.answer_key(operation, Some(Subject::Cart(id.clone()))));
        for _ in 0..RACES_MAX {
            let SeenCart { cart, content, key: known } =
                self.ports.carts.look(place, Some(id), key.as_ref()).await?;
            if let Some(said) = ask.settled(known)? {
                return Ok(said);
            }
            let said = match self.cart_altered(&ask, cart, content).await {
                Ok(altered) => self.keep_altered(&ask, place, key.clone(), altered).await?,
                Err(Failure::Refused(refusal)) => {
                    self.refuse(&ask, place, key.clone(), refusal).await?
                }
                Err(failure) => return Err(failure),
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    /// Commits what was decided about a cart together with the answer; `None` when somebody else
    /// was faster.
    async fn keep_altered(
        &self,
        ask: &Ask<Alteration>,
        place: Partition,
        key: Option<AnswerKey>,
        Altered { write, answer, is_given_up }: Altered,
    ) -> Result<Option<Said>, Failure> {
        let kept = ask.answered(key, &answer, self.keeping.answers);
        let change = CartChange { cart: write, answer: kept };
        let Committed::At(_) = self.ports.carts.commit(place, change).await? else {
            return Ok(None);
        };
        if is_given_up {
            self.carts.canceled.grow();
        }
        Ok(Some(Said::anew(answer)))
    }

    async fn cart_altered(
        &self,
        ask: &Ask<Alteration>,
        found: Option<Found>,
        content: CartContent,
    ) -> Result<Altered, Failure> {
        let now = self.ports.clock.now();
        let (cart, at) = own(&ask.principal, found, now)?;
        let tell = |cart: &Cart| bounded(self.ports.answers.cart(&ask.channel, cart));
        match ask.command.clone().map_err(Refusal::Faulty)? {
            Alteration::Replace(replace) => {
                let (wanted, buyer) = (&replace.wanted, replace.buyer.as_ref());
                let stores =
                    self.stores_of_cart((&cart.owner.tenant, &cart.id), wanted, buyer).await?;
                let after = cart.replaced(*replace, &stores, &self.cart_setting(now))?;
                let answer = tell(&after)?;
                let write = CartWrite::Keep { before: Some(at), after: Box::new(after) };
                Ok(Altered { write, answer, is_given_up: false })
            }
            Alteration::Cancel => {
                let cart = self.as_it_was_last(cart, content).await;
                let answer = tell(&cart)?;
                let is_given_up = cart.session.is_none();
                let write = CartWrite::Forget { cart: cart.id, at };
                Ok(Altered { write, answer, is_given_up })
            }
        }
    }
}
