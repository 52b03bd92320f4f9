use std::sync::Arc;

use acp_core::cart::Cart;
use acp_core::ids::{CartId, ItemId, Partition, Random128};
use acp_core::ports::{
    AnswerKey, AnswerWrite, CartChange, CartContent, CartIds, CartWrite, Carts, Clock, Committed,
    Digests, KeyState, Operation, PortError, Revision, SeenCart,
};
use acp_core::session::{Owner, Wanted};
use async_trait::async_trait;

use super::desk::{CartDesk, Said};

/// How many carts of one caller and key are told apart while all of them are there. A key is only
/// new again when its answer was forgotten.
const CARTS_OF_A_KEY_MAX: u32 = 16;

/// Carts the merchant keeps, noted in our own store.
///
/// What is to become true is first told to the service and then noted, together with the answer to
/// the call. Whoever dies in between has done nothing that a repeated call does not do again: a cart
/// that was opened is found under the same id, and every other change is one of the whole.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct CartsAtMerchant {
    notes: Arc<dyn Carts>,
    ids: Arc<dyn CartIds>,
    desk: CartDesk,
    clock: Arc<dyn Clock>,
}

/// What came of a change at the service.
enum Told {
    /// It is done, and the cart is in this state, if it is still there.
    Done(Option<Box<str>>),
    /// Somebody else was first.
    Raced,
}

/// What came of handing a cart over.
enum Opened {
    Told(Told),
    /// It is there, in this state, and not known to be as it was handed over.
    Otherwise(Box<str>),
}

impl From<Said> for Told {
    fn from(said: Said) -> Self {
        match said {
            Said::Kept(kept) => Self::Done(Some(kept.revision)),
            // Who looks again sees that it is not there.
            Said::Gone | Said::Changed => Self::Raced,
        }
    }
}

impl CartsAtMerchant {
    /// Carts that are kept at this desk, and noted here.
    pub fn new(
        notes: Arc<dyn Carts>,
        ids: Arc<dyn CartIds>,
        desk: CartDesk,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { notes, ids, desk, clock }
    }

    /// Whether the service has to be asked about a cart: not where it was never told of it, and not
    /// where its time is over, whatever it says.
    fn is_elsewhere(&self, cart: &Cart) -> bool {
        cart.kept_as.is_some() && !cart.is_overdue(self.clock.now())
    }

    /// The cart as it was noted, if that is still the last word.
    async fn noted(
        &self,
        partition: Partition,
        cart: &CartId,
        at: Revision,
    ) -> Result<Option<Cart>, PortError> {
        let seen = self.notes.look(partition, Some(cart), None).await?;
        Ok(seen.cart.filter(|(_, noted_at)| *noted_at == at).map(|(cart, _)| cart))
    }

    /// Tells the service of a new cart, unless another call was first.
    ///
    /// A cart that is there and noted nowhere was opened by a call of this caller under this key
    /// that nobody came to note, for its id derives from both. Who made that call was told of a
    /// failure, and it is this call that says what is wanted.
    async fn open(
        &self,
        partition: Partition,
        cart: &Cart,
        answer: Option<&AnswerWrite>,
    ) -> Result<Told, PortError> {
        if self.is_settled(partition, &cart.id, answer).await? {
            return Ok(Told::Raced);
        }
        match self.opened(cart, answer.and_then(digests)).await? {
            Opened::Told(told) => Ok(told),
            // Another call may have been under way, and have come to note it meanwhile.
            Opened::Otherwise(_) if self.is_settled(partition, &cart.id, answer).await? => {
                Ok(Told::Raced)
            }
            Opened::Otherwise(revision) => Ok(self.desk.put(cart, &revision).await?.into()),
        }
    }

    /// Whether a new cart is noted by now, or the call it comes of has its answer.
    async fn is_settled(
        &self,
        partition: Partition,
        cart: &CartId,
        answer: Option<&AnswerWrite>,
    ) -> Result<bool, PortError> {
        let key = answer.map(|answer| &answer.key);
        let seen = self.notes.look(partition, Some(cart), key).await?;
        Ok(seen.cart.is_some() || seen.key.is_some())
    }

    /// Opens a cart at the service, or finds it there.
    async fn opened(&self, cart: &Cart, call: Option<&Digests>) -> Result<Opened, PortError> {
        match self.desk.open(cart, call).await? {
            Said::Changed => Ok(match self.desk.read(&cart.id).await? {
                Some(kept) => Opened::Otherwise(kept.revision),
                None => Opened::Told(Told::Raced),
            }),
            Said::Kept(kept) if kept.wanted != cart.wanted => Ok(Opened::Otherwise(kept.revision)),
            said => Ok(Opened::Told(said.into())),
        }
    }

    /// Tells the service what has become of a cart.
    async fn change(&self, before: &Cart, after: &Cart) -> Result<Told, PortError> {
        let Some(revision) = after.kept_as.as_deref().or(before.kept_as.as_deref()) else {
            return self.hand_on(before, after).await;
        };
        if let Some(session) = after.session.as_ref().filter(|_| before.session.is_none()) {
            return Ok(self.desk.check_out(&after.id, session).await?.into());
        }
        // What was noted is only what is there if nobody else has changed it.
        let is_known = before.kept_as.as_deref() == Some(revision);
        let said = match taken_out(before, after).filter(|_| is_known) {
            Some(item) => self.desk.remove(after, item, revision).await?,
            None => self.desk.put(after, revision).await?,
        };
        Ok(said.into())
    }

    /// A cart that was opened while we kept carts ourselves goes to the service when something else
    /// is put into it.
    async fn hand_on(&self, before: &Cart, after: &Cart) -> Result<Told, PortError> {
        if before.wanted == after.wanted && before.buyer == after.buyer {
            return Ok(Told::Done(None));
        }
        match self.opened(after, None).await? {
            Opened::Told(told) => Ok(told),
            // Whoever was about to hand it on before us did not come to note it.
            Opened::Otherwise(revision) => Ok(self.desk.put(after, &revision).await?.into()),
        }
    }

    /// Tells the service of a change, and gives the change as it is to be noted.
    async fn tell(
        &self,
        partition: Partition,
        change: CartChange,
    ) -> Result<Option<CartChange>, PortError> {
        let CartChange { cart, answer } = change;
        let cart = match cart {
            CartWrite::Keep { before, mut after } => {
                let told = match before {
                    None => self.open(partition, &after, answer.as_ref()).await?,
                    Some(at) => match self.noted(partition, &after.id, at).await? {
                        Some(noted) => self.change(&noted, &after).await?,
                        None => Told::Raced,
                    },
                };
                let Told::Done(kept_as) = told else { return Ok(None) };
                after.kept_as = kept_as;
                CartWrite::Keep { before, after }
            }
            CartWrite::Forget { cart, at } => {
                let Some(noted) = self.noted(partition, &cart, at).await? else { return Ok(None) };
                if self.is_elsewhere(&noted) {
                    self.desk.cancel(&cart).await?;
                }
                CartWrite::Forget { cart, at }
            }
        };
        Ok(Some(CartChange { cart, answer }))
    }
}

#[async_trait]
impl Carts for CartsAtMerchant {
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition {
        self.notes.place(owner, key)
    }

    /// Of two carts under one key, the second is opened when the key was forgotten and the first
    /// was not. Until a cart is noted, whoever repeats the call has to find it under its id.
    async fn new_id(
        &self,
        place: Partition,
        owner: &Owner,
        key: Option<&str>,
        dice: Random128,
    ) -> Result<CartId, PortError> {
        if let Some(key) = key {
            for nth in 0..CARTS_OF_A_KEY_MAX {
                let id = self.ids.id_for(owner, key, nth);
                if self.notes.look(place, Some(&id), None).await?.cart.is_none() {
                    return Ok(id);
                }
            }
        }
        Ok(CartId::new(place, dice))
    }

    async fn look(
        &self,
        partition: Partition,
        cart: Option<&CartId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenCart, PortError> {
        let seen = self.notes.look(partition, cart, key).await?;
        // What was answered before is answered again, whoever is away.
        if seen.key.is_some() {
            return Ok(seen);
        }
        let Some((noted, at)) = seen.cart else { return Ok(seen) };
        let as_noted = |cart| SeenCart { cart, content: CartContent::AsWritten, key: None };
        if !self.is_elsewhere(&noted) {
            return Ok(as_noted(Some((noted, at))));
        }
        let Some(kept) = self.desk.read(&noted.id).await? else {
            // Whoever cancels a cart that is gone may have canceled it, and not have heard of it.
            let cancels = key.is_some_and(|key| key.operation == Operation::CancelCart);
            return Ok(as_noted(cancels.then_some((noted, at))));
        };
        let content = if kept.wanted == noted.wanted {
            CartContent::AsWritten
        } else {
            CartContent::ChangedElsewhere
        };
        let cart = Cart { wanted: kept.wanted, kept_as: Some(kept.revision), ..noted };
        Ok(SeenCart { cart: Some((cart, at)), content, key: None })
    }

    async fn commit(
        &self,
        partition: Partition,
        change: CartChange,
    ) -> Result<Committed, PortError> {
        let cart = match &change.cart {
            CartWrite::Keep { after, .. } => &after.id,
            CartWrite::Forget { cart, .. } => cart,
        };
        // The notes refuse what is in the wrong place, before anybody hears of it.
        if cart.partition() != partition {
            return self.notes.commit(partition, change).await;
        }
        match self.tell(partition, change).await? {
            Some(change) => self.notes.commit(partition, change).await,
            None => Ok(Committed::Raced),
        }
    }

    async fn overdue(&self) -> Result<Vec<CartId>, PortError> {
        self.notes.overdue().await
    }
}

/// The fingerprints of the call an answer is for.
const fn digests(answer: &AnswerWrite) -> Option<&Digests> {
    match &answer.state {
        Some(KeyState::Running { digests } | KeyState::Answered { digests, .. }) => Some(digests),
        None => None,
    }
}

/// The one item that makes the difference, if a cart has it no more and is the same for the rest.
fn taken_out<'a>(before: &'a Cart, after: &Cart) -> Option<&'a ItemId> {
    if before.buyer != after.buyer || before.wanted.len() != after.wanted.len().checked_add(1)? {
        return None;
    }
    let kept = before.wanted.iter().zip(&after.wanted).take_while(|(one, other)| one == other);
    let at = kept.count();
    let rest = before.wanted.get(at.checked_add(1)?..)?;
    let Wanted { item, .. } = before.wanted.get(at)?;
    let is_one = before.wanted.iter().filter(|wanted| wanted.item == *item).count() == 1;
    (is_one && after.wanted.get(at..)? == rest).then_some(item)
}
