use acp_core::cart::{Cart, OpenCart};
use acp_core::ids::CartId;
use acp_core::limits::RACES_MAX;
use acp_core::ports::{Answer, CartChange, CartWrite, Committed, Operation};
use acp_core::refusal::Refusal;

use crate::app::ask::bounded;
use crate::app::{App, Ask, Failure, Said};

impl App {
    /// Opens a cart. The same caller and key always meet at the same place, so the first commit
    /// decides.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn open_cart(&self, ask: Ask<OpenCart>) -> Result<Said, Failure> {
        let (owner, name) = (ask.principal.as_owner(), ask.key.as_deref());
        let place = self.ports.carts.place(&owner, name);
        let key = ask.answer_key(Operation::OpenCart, None);
        for _ in 0..RACES_MAX {
            let dice = self.ports.entropy.random128();
            let id = self.ports.carts.new_id(place, &owner, name, dice).await?;
            let said = match self.cart_opened(&ask, id).await {
                Ok((cart, answer)) => {
                    let cart = CartWrite::Keep { before: None, after: Box::new(cart) };
                    let kept = ask.answered(key.clone(), &answer, self.keeping.answers);
                    let change = CartChange { cart, answer: kept };
                    match self.ports.carts.commit(place, change).await? {
                        Committed::At(_) => {
                            self.carts.opened.grow();
                            Some(Said::anew(answer))
                        }
                        Committed::Raced => None,
                    }
                }
                Err(Failure::Refused(refusal)) => {
                    self.refuse(&ask, place, key.clone(), refusal).await?
                }
                // What was answered before is answered again, whatever has failed since.
                Err(failure) => return self.known(&ask, place, key.as_ref()).await?.ok_or(failure),
            };
            if let Some(said) = said {
                return Ok(said);
            }
            if let Some(said) = self.known(&ask, place, key.as_ref()).await? {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    async fn cart_opened(
        &self,
        ask: &Ask<OpenCart>,
        id: CartId,
    ) -> Result<(Cart, Answer), Failure> {
        let command = ask.command.clone().map_err(Refusal::Faulty)?;
        let (about, buyer) = ((&ask.principal.tenant, &id), command.buyer.as_ref());
        let stores = self.stores_of_cart(about, &command.wanted, buyer).await?;
        let setting = self.cart_setting(self.ports.clock.now());
        let cart = Cart::open(id, ask.principal.as_owner(), command, &stores, &setting)?;
        let answer = bounded(self.ports.answers.cart_opened(&ask.channel, &cart))?;
        Ok((cart, answer))
    }
}
