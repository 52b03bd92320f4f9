use std::borrow::Cow;

use acp_core::catalog::CodeRefusal;
use acp_core::pricing::TotalKind;
use acp_core::session::Words;

pub(super) const fn total(kind: TotalKind) -> &'static str {
    match kind {
        TotalKind::ItemsBaseAmount => "Artikel",
        TotalKind::ItemsDiscount => "Artikelrabatte",
        TotalKind::Subtotal => "Zwischensumme",
        TotalKind::Discount => "Rabatt",
        TotalKind::Fulfillment => "Lieferung",
        TotalKind::Tax => "Steuern",
        TotalKind::Fee => "Gebühren",
        TotalKind::GiftWrap => "Geschenkverpackung",
        TotalKind::Tip => "Trinkgeld",
        TotalKind::StoreCredit => "Guthaben",
        TotalKind::Total => "Gesamtbetrag",
        TotalKind::AmountRefunded => "Erstattet",
    }
}

pub(super) const NEEDS_AUTHENTICATION: &str =
    "Die Zahlung muss mit 3-D Secure bestätigt werden; dafür hat dieser Agent keinen Weg.";

pub(super) fn words(words: &Words) -> Cow<'static, str> {
    let plain = match words {
        Words::AsWritten(text) => return text.to_string().into(),
        Words::OutOfStock { title } => return format!("{title} ist nicht vorrätig.").into(),
        Words::FewLeft { title, left } => {
            return format!("Von {title} sind nur noch {left} da.").into();
        }
        Words::MostPerOrder { title, most } => {
            return format!("Eine Bestellung kann höchstens {most} von {title} enthalten.").into();
        }
        Words::NoDelivery { title } => {
            return format!("An diese Adresse liefern wir {title} nicht.").into();
        }
        Words::CodeRefused { code, why } => return refused(code, *why).into(),
        Words::NoBuyer => {
            "Wer kauft? Nennen Sie einen Käufer oder eine E-Mail-Adresse bei den Lieferangaben."
        }
        Words::NoAddress => {
            "Wohin soll geliefert werden? Nennen Sie eine Adresse oder wählen Sie die Abholung, wo \
             sie angeboten wird."
        }
        Words::NoSelection => "Wählen Sie eine der Lieferarten.",
        Words::Declined => {
            "Die Zahlung wurde abgelehnt. Versuchen Sie es mit einer anderen Zahlungsart."
        }
        Words::Expired => "Dieser Kauf ist abgelaufen. Beginnen Sie einen neuen.",
        Words::CannotAuthenticate => {
            "Dieser Laden lässt jede Zahlung mit 3-D Secure bestätigen; das kann dieser Agent nicht."
        }
        Words::MayNeedToAuthenticate => {
            "Die Bank kann 3-D Secure verlangen; das kann dieser Agent nicht. Dann kann die Zahlung \
             scheitern."
        }
        Words::NeedsReview => "Der Laden muss diese Bestellung erst ansehen.",
        Words::NotApproved => "Die Bestellung auf Rechnung wurde nicht genehmigt.",
        Words::NotPlaced => {
            "Die Bestellung konnte so nicht ausgeführt werden. Bitte prüfen Sie sie und schließen \
             Sie sie noch einmal ab."
        }
    };
    Cow::Borrowed(plain)
}

fn refused(code: &str, why: CodeRefusal) -> String {
    match why {
        CodeRefusal::Expired => format!("Der Code {code} ist abgelaufen."),
        CodeRefusal::Invalid => format!("Der Code {code} gilt hier nicht."),
        CodeRefusal::AlreadyApplied => format!("Der Code {code} ist schon eingelöst."),
        CodeRefusal::CombinationDisallowed => {
            format!("Der Code {code} lässt sich nicht mit einem anderen verbinden.")
        }
        CodeRefusal::MinimumNotMet => format!("Der Code {code} braucht einen höheren Bestellwert."),
        CodeRefusal::NotSignedIn => format!("Melden Sie sich an, um den Code {code} einzulösen."),
        CodeRefusal::Ineligible => format!("Der Code {code} ist für andere Kunden."),
        CodeRefusal::UsedUp => format!("Der Code {code} ist aufgebraucht."),
    }
}
