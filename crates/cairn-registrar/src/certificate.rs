//! The PDF certificate: one page to print, with a QR code and the credential attached.
