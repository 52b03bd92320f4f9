//! The payment book of a session.

use acp_core::money::Currency;
use acp_core::order::Recorded;
use acp_core::payment::PaymentNote;

use super::document::Document;
use super::mirror::{Word, mirror};
use super::scalars::{Amount, Moment};

type RecordedNote = Recorded<PaymentNote>;

mirror! {
    StoredNote of PaymentNote {
        attempt: u32,
        key: Box<str>,
        amount: Amount,
        state: Word,
    } or_absent {
        payment: Option<Box<str>>,
    }
}

mirror! {
    StoredRecordedNote of RecordedNote {
        at: Moment,
        event: StoredNote,
    }
}

impl Document for RecordedNote {
    type Shape = StoredRecordedNote;

    fn currency(&self) -> Option<Currency> {
        Some(self.event.amount.currency())
    }
}
