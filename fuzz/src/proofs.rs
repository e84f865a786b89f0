//! Bundles of anybody's making.

use avow_proof::{Bundle, Receipt, Trust, verify};

/// A bundle that is read is written as it was read; what is not proved names the step that fails.
pub(crate) fn run(bytes: &[u8]) {
    if let Ok(bundle) = Bundle::parse(bytes) {
        assert_eq!(bundle.encode().ok().as_deref(), Some(bytes));
    }
    let proof = verify(bytes, None);
    let told = proof.report.first_failure().is_some();
    assert!(
        proof.report.is_proved() != told,
        "a proof that fails names the step"
    );
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(receipt) = Receipt::parse(text) {
            assert_eq!(receipt.encode().ok().as_deref(), Some(text));
        }
        let _read = Trust::parse(text);
    }
}
