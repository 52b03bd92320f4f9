use std::borrow::Cow;

use acp_core::catalog::CodeRefusal;
use acp_core::pricing::TotalKind;
use acp_core::session::Words;

pub(super) const fn total(kind: TotalKind) -> &'static str {
    match kind {
        TotalKind::ItemsBaseAmount => "商品",
        TotalKind::ItemsDiscount => "商品割引",
        TotalKind::Subtotal => "小計",
        TotalKind::Discount => "割引",
        TotalKind::Fulfillment => "配送料",
        TotalKind::Tax => "税",
        TotalKind::Fee => "手数料",
        TotalKind::GiftWrap => "ギフト包装",
        TotalKind::Tip => "チップ",
        TotalKind::StoreCredit => "ストアクレジット",
        TotalKind::Total => "合計",
        TotalKind::AmountRefunded => "返金額",
    }
}

pub(super) const NEEDS_AUTHENTICATION: &str =
    "このお支払いには3Dセキュア認証が必要ですが、このエージェントには認証の手段がありません。";

pub(super) fn words(words: &Words) -> Cow<'static, str> {
    let plain = match words {
        Words::AsWritten(text) => return text.to_string().into(),
        Words::OutOfStock { title } => return format!("{title}は在庫切れです。").into(),
        Words::FewLeft { title, left } => return format!("{title}は残り{left}点です。").into(),
        Words::MostPerOrder { title, most } => {
            return format!("{title}は1回のご注文につき{most}点までです。").into();
        }
        Words::NoDelivery { title } => {
            return format!("{title}はこの住所にお届けできません。").into();
        }
        Words::CodeRefused { code, why } => return refused(code, *why).into(),
        Words::NoBuyer => "購入者、または配送情報のメールアドレスを入力してください。",
        Words::NoAddress => "お届け先の住所を入力するか、店頭受け取りがある場合はお選びください。",
        Words::NoSelection => "配送方法を選択してください。",
        Words::Declined => "お支払いが承認されませんでした。別のお支払い方法をお試しください。",
        Words::Expired => "このチェックアウトは有効期限が切れました。新しく始めてください。",
        Words::CannotAuthenticate => {
            "この店舗ではすべてのお支払いに3Dセキュア認証が必要ですが、このエージェントは対応していません。"
        }
        Words::MayNeedToAuthenticate => {
            "3Dセキュア認証を求められることがありますが、このエージェントは対応していないため、お支払いに失敗する場合があります。"
        }
        Words::NeedsReview => "このご注文は店舗の確認が必要です。",
        Words::NotApproved => "発注書は承認されませんでした。",
        Words::NotPlaced => {
            "この条件では注文できませんでした。セッションを確認して、もう一度完了してください。"
        }
    };
    Cow::Borrowed(plain)
}

fn refused(code: &str, why: CodeRefusal) -> String {
    match why {
        CodeRefusal::Expired => format!("コード{code}は有効期限が切れています。"),
        CodeRefusal::Invalid => format!("コード{code}はご利用いただけません。"),
        CodeRefusal::AlreadyApplied => format!("コード{code}はすでに適用されています。"),
        CodeRefusal::CombinationDisallowed => format!("コード{code}は他のコードと併用できません。"),
        CodeRefusal::MinimumNotMet => format!("コード{code}の最低購入金額に達していません。"),
        CodeRefusal::NotSignedIn => format!("コード{code}のご利用にはログインが必要です。"),
        CodeRefusal::Ineligible => format!("コード{code}は対象のお客様限定です。"),
        CodeRefusal::UsedUp => format!("コード{code}は利用上限に達しました。"),
    }
}
