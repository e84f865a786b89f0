//! An SMTP client that says what a test wants, in clear or under TLS, and hears whole replies.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::avow::{Avow, repository};

/// The name in the certificate of the tests.
const NAME: &str = "relay.example.test";

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// One connection to a server of ours.
pub(crate) struct Client {
    wire: Box<dyn Wire>,
    inbox: Vec<u8>,
}

/// The lines of `avow.toml` that name the certificate of the tests.
pub(crate) fn tls_lines() -> String {
    let file = |name: &str| {
        let path = repository().join("crates/deliver/testdata/tls").join(name);
        path.display().to_string()
    };
    let (certificate, key) = (file("relay.pem"), file("relay.key"));
    format!("[tls]\ncertificate = \"{certificate}\"\nkey = \"{key}\"\n")
}

/// Writes `avow.toml` of an installation.
pub(crate) fn configure(avow: &Avow, lines: &str) {
    std::fs::write(avow.data().join("avow.toml"), lines).unwrap();
}

impl Client {
    /// Connects and hears the greeting.
    pub(crate) async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut client = Self {
            wire: Box::new(stream),
            inbox: Vec::new(),
        };
        let greeting = client.reply().await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        client
    }

    /// Connects and goes over to TLS; the next word is EHLO.
    pub(crate) async fn secured(address: &str) -> Self {
        let mut client = Self::connect(address).await;
        client.hello().await;
        let told = client.say("STARTTLS").await;
        assert!(told.starts_with("220 "), "{told}");
        client.handshake().await
    }

    /// The handshake behind the answer to STARTTLS.
    pub(crate) async fn handshake(self) -> Self {
        assert!(self.inbox.is_empty(), "nothing may be said before TLS");
        let mut roots = RootCertStore::empty();
        let authority = repository().join("crates/deliver/testdata/tls/ca.pem");
        let authority = CertificateDer::from_pem_file(authority).unwrap();
        roots.add(authority).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(NAME).unwrap();
        let connecting = TlsConnector::from(Arc::new(config)).connect(name, self.wire);
        Self {
            wire: Box::new(connecting.await.unwrap()),
            inbox: Vec::new(),
        }
    }

    /// EHLO; what is offered.
    pub(crate) async fn hello(&mut self) -> String {
        self.say("EHLO client.example.org").await
    }

    /// Says a line and hears the reply, all lines of it.
    pub(crate) async fn say(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }

    /// Writes bytes as they are. A server that hung up is found out by the next reply.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let _written = self.wire.write_all(bytes).await;
        let _flushed = self.wire.flush().await;
    }

    /// The next whole reply; empty when the server hung up.
    pub(crate) async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            while let Some(feed) = self.inbox.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.inbox.drain(..=feed).collect();
                let line = String::from_utf8(line).unwrap();
                assert!(line.ends_with("\r\n") && line.len() <= 512, "{line:?}");
                reply.push_str(&line);
                if line.as_bytes()[3] == b' ' {
                    return reply;
                }
            }
            match self.wire.read_buf(&mut self.inbox).await {
                Ok(0) | Err(_) => return reply,
                Ok(_) => {}
            }
        }
    }

    /// A whole transaction: the reply to the final dot, or the first one that refuses.
    pub(crate) async fn post(&mut self, from: &str, to: &[&str], mail: &str) -> String {
        let mut said = vec![format!("MAIL FROM:<{from}>")];
        said.extend(to.iter().map(|to| format!("RCPT TO:<{to}>")));
        for line in said {
            let reply = self.say(&line).await;
            if !reply.starts_with("250 ") {
                self.say("RSET").await;
                return reply;
            }
        }
        let reply = self.say("DATA").await;
        assert!(reply.starts_with("354 "), "{reply}");
        let mail = mail.replace('\n', "\r\n");
        self.say(&format!("{mail}\r\n.")).await
    }
}
