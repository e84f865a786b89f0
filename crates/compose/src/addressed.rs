//! A message of ours, addressed by name.

use crate::mime::push_display_name;

/// Puts the recipient's name before the address in `To`. `headers` is a header block of ours; a name of nothing, or
/// a block without the field, leaves it as it is. Whatever the name holds, it stays inside of the field.
pub fn address_by_name(headers: &mut Vec<u8>, name: &str) {
    const FIELD: &[u8] = b"\r\nTo: ";
    if name.trim().is_empty() {
        return;
    }
    let Some(at) = headers.windows(FIELD.len()).position(|w| w == FIELD) else {
        return;
    };
    let mut shown = Vec::new();
    push_display_name(name, &mut shown);
    let place = at + FIELD.len();
    headers.splice(place..place, shown);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str) -> String {
        let mut headers =
            b"From: <a@acme.example>\r\nTo: <b@example.org>\r\nSubject: x\r\n".to_vec();
        address_by_name(&mut headers, name);
        String::from_utf8(headers).unwrap()
    }

    #[test]
    fn a_name_stands_before_the_address_and_can_end_no_field() {
        assert!(with("Ada L").contains("\r\nTo: \"Ada L\" <b@example.org>\r\n"));
        assert!(with(" ").contains("\r\nTo: <b@example.org>\r\n"));
        let hostile = with("Ada\r\nBcc: x@example.org");
        assert_eq!(hostile.matches("\r\n").count(), 3, "{hostile}");
        assert!(!hostile.contains("\r\nBcc"));
    }
}
