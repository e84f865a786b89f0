//! BDAT as the sink takes it.

use super::*;

const START: &str = "EHLO x\r\nMAIL FROM:<b@example.com>\r\nRCPT TO:<ada@example.org>\r\n";

/// The codes after the recipient's.
async fn after_recipient(sink: &SinkHandle, talk: &str) -> Vec<String> {
    let answer = raw(sink.addr(), format!("{START}{talk}").as_bytes()).await;
    let codes = codes(&answer);
    assert_eq!(codes[..4], ["220", "250", "250", "250"]);
    codes[4..].iter().map(|code| (*code).to_owned()).collect()
}

fn kept(sink: &SinkHandle) -> String {
    let id = sink.list("", None, 1)[0].id;
    String::from_utf8(sink.get(id).unwrap().unwrap()).unwrap()
}

#[tokio::test]
async fn chunks_are_put_together_as_they_are() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let talk = "BDAT 14\r\nSubject: x\r\n\r\nBDAT 8\r\n.\r\n..a\r\nBDAT 0 LAST\r\nQUIT\r\n";
    let codes = after_recipient(&sink, talk).await;
    assert_eq!(codes, ["250", "250", "250", "221"]);
    assert_eq!(kept(&sink), "Subject: x\r\n\r\n.\r\n..a\r\n");
}

#[tokio::test]
async fn our_own_client_speaks_bdat_to_it() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let session = session(sink.addr()).await;
    assert!(session.extensions().chunking);
    session.quit().await;
    send(&sink, 3).await;
    assert_eq!((sink.counts().total, kept(&sink)), (3, mail(2)));
}

#[tokio::test]
async fn commands_inside_a_chunk_are_content_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let inside = "\r\n.\r\nMAIL FROM:<evil@example.com>\r\n";
    let talk = format!("BDAT {} LAST\r\n{inside}QUIT\r\n", inside.len());
    assert_eq!(after_recipient(&sink, &talk).await, ["250", "221"]);
    assert_eq!(sink.counts().total, 1);
    let refused = format!("RSET\r\nBDAT {} LAST\r\n{inside}QUIT\r\n", inside.len());
    assert_eq!(
        after_recipient(&sink, &refused).await,
        ["250", "503", "221"]
    );
    assert_eq!(sink.counts().total, 1);
}

#[tokio::test]
async fn a_length_that_is_none_ends_the_session() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    for line in ["BDAT many LAST", "BDAT -1", "BDAT", "BDAT 5 FIRST"] {
        let talk = format!("{line}\r\nhello\r\nNOOP\r\n");
        assert_eq!(after_recipient(&sink, &talk).await, ["501"], "{line}");
    }
}

#[tokio::test]
async fn too_much_is_refused_in_one_chunk_or_several_until_a_reset() {
    let folder = TempDir::new().unwrap();
    let mut options = options(&folder);
    options.limits.message_bytes = 100_000;
    let sink = Sink::start(options).unwrap();
    let x = |n: usize| "x\r\n".repeat(n / 3);
    let one = format!("BDAT 120000 LAST\r\n{}QUIT\r\n", x(120_000));
    assert_eq!(after_recipient(&sink, &one).await, ["552", "221"]);
    let two = format!(
        "BDAT 60000\r\n{0}BDAT 60000\r\n{0}BDAT 3 LAST\r\nx\r\n",
        x(60_000)
    );
    let again = "RSET\r\nMAIL FROM:<b@example.com>\r\nRCPT TO:<a@example.org>\r\nBDAT 3 LAST\r\nx\r\nQUIT\r\n";
    let codes = after_recipient(&sink, &format!("{two}{again}")).await;
    let expected = ["250", "552", "503", "250", "250", "250", "250", "221"];
    assert_eq!(codes, expected);
    assert_eq!(sink.counts().total, 1);
}

#[tokio::test]
async fn data_and_chunks_do_not_mix_and_bare_line_ends_are_refused() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let mixed = "BDAT 3\r\nx\r\nDATA\r\nRCPT TO:<bob@example.org>\r\nQUIT\r\n";
    assert_eq!(
        after_recipient(&sink, mixed).await,
        ["250", "503", "503", "221"]
    );
    let bare = "BDAT 3 LAST\r\nx\nyQUIT\r\n";
    assert_eq!(after_recipient(&sink, bare).await, ["554", "221"]);
    assert_eq!(sink.counts().total, 0);
}

#[tokio::test]
async fn a_chunk_that_never_comes_whole_is_never_kept() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    for length in [1000, u64::MAX] {
        let mut stream = TcpStream::connect(sink.addr()).await.unwrap();
        let talk = format!("{START}BDAT {length} LAST\r\nSubject: x\r\n\r\nQUIT\r\n");
        stream.write_all(talk.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(codes(&answer), ["220", "250", "250", "250"]);
    }
    assert_eq!(sink.counts().total, 0);
}
