//! The words that patterns share, by meaning and in several languages.

use crate::normal::fold;

/// A recipient, a mailbox, an address.
const WHO: &str = "(?:users?|recipients?|mailbox(?:es)?|mail ?box|inbox|account|address(?:es|ee)?|\
    e?mail ?(?:address(?:es)?|account|box)|username|user ?name|customer|subscriber|member|alias|rcpt|\
    destination|local[- ]?part|person|benutzer|empfänger|postfach|adressat|adresse|konto|mailadresse|\
    destinataires?|utilisateur|compte|boîte|boite|usuario|usuário|destinatario|destinatário|buzón|buzon|\
    cuenta|conta|utente|casella|indirizzo|caixa|пользовател\\w*|получател\\w*|адресат\\w*|ящик\\w*|\
    адрес|użytkownik\\w*|skrzynk\\w*|gebruiker|postbus)";
/// ... that is not there.
const ABSENT: &str = "(?:unknown|not (?:be )?(?:found|known|listed|recognized|recognised)|not exists?|\
    (?:does|do|did|doesnt) not (?:currently )?exists?|no longer exists?|non-?existent|nonexistant|\
    unbekannt|(?:existiert|existieren) nicht|nicht (?:gefunden|bekannt|vorhanden)|inconnue?s?|n'existe pas|\
    introuvable|no existe|desconocid[oa]|no encontrad[oa]|non esiste|sconosciut[oa]|inesistente|não existe|\
    nao existe|desconhecid[oa]|не найден\\w*|не существует|неизвест\\w*|nie istnieje|onbekend)";
/// Something of the sender's side.
const SENDER: &str = "(?:sender|senders|from|mail from|return-?path|envelope-?from|originator|absender|expéditeur|remitente|mittente|отправител\\w*)";
/// The host that sends.
const HOST: &str = "(?:client|client host|host|ip|ip address|ips|ipv[46]|server|mail server|mta|network|connections?|\
    sending (?:ip|host|server|mta)|remote host|\\[[0-9a-f.:]+\\]|\\d+\\.\\d+\\.\\d+\\.\\d+)";
/// A few words between. Plain letters only, as in the text: all of Unicode, forty times in each pattern, would cost
/// milliseconds a line.
const GAP: &str = r"[ -\-/-:<->@-~]{0,40}?";

/// A pattern with its `{names}` filled in, for comparable text.
pub(super) fn fill(pattern: &str) -> String {
    let filled = pattern
        .replace("{who}", WHO)
        .replace("{absent}", ABSENT)
        .replace("{sender}", SENDER)
        .replace("{host}", HOST)
        .replace("{gap}", GAP);
    let filled = fold(&filled)
        .replace(r"\w", "[a-z0-9_]")
        .replace(r"\d", "[0-9]")
        .replace(r"\b", r"(?-u:\b)");
    // The names are laid out over several lines; a pattern has single spaces only.
    filled.replace("    ", "")
}
