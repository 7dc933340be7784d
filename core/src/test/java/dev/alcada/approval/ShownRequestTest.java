package dev.alcada.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.internal.value.JsonText;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile model writes, and what the person who approves sees of it. */
class ShownRequestTest {
  private static final List<AskingRule> ASKS =
      List.of(
          new AskingRule("large", "/tools/pay/approve_if/0", "Above 1000.", "{}"),
          new AskingRule("night", "/tools/pay/approve_if/1", "At night.", "{}"),
          new AskingRule("again", "/tools/pay/approve_if/2", "Above 1000.", "{}"));

  @Test
  void aRequestIsShownWithItsReasonsCallerHostsWordsAndArguments() {
    Caller caller =
        Caller.grant("agent-7")
            .withClient("web")
            .withSession("s-1")
            .withAttribute("tenant", Map.of("name", "acme"))
            .withDetail("trace", "t-9")
            .withPerson("user", "ana");
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("amount", 5000);
    arguments.put("to", "ines");
    arguments.put("items", List.of(Map.of("price", 1.5), Map.of(), List.of()));
    arguments.put("urgent", true);
    arguments.put("until", null);
    ApprovalRequest request =
        request("pay", caller, JsonText.of(arguments), Map.of("ticket", "T-12"));

    assertThat(request.shown().text())
        .isEqualTo(
            """
            The tool pay needs your approval.
            Above 1000.
            At night.
            grant: agent-7
            client: web
            session: s-1
            ticket: T-12
            context.trace: "t-9"
            context.user: "ana"
            context.tenant.name: "acme"
            args.amount: 5000
            args.to: "ines"
            args.urgent: true
            args.until: null
            args.items[1]: {}
            args.items[2]: []
            args.items[0].price: 1.5""");
  }

  @Test
  void aRequestWithoutArgumentsSaysSo() {
    assertThat(request("{}").shown().text()).endsWith("\nNo arguments are shown.");
  }

  @Test
  void aLongTextIsCutAndFollowsTheShortOnes() {
    String novel = "Pay as agreed. ".repeat(4_000);

    ShownRequest shown = shown(Map.of("a", novel, "amount", 5000));

    assertThat(shown.arguments().stream().map(ShownRequest.Line::name))
        .containsExactly("args.amount", "args.a");
    ShownRequest.Line cut = shown.arguments().get(1);
    assertThat(cut.text()).hasSize(ShownRequest.MAX_LENGTH).startsWith("\"Pay as agreed. Pay");
    assertThat(cut.text() + cut.rest()).hasSize(60_002 + "\\u{20}".length() - 1);
    assertThat(cut.notes())
        .containsExactly("60,000 characters, SHA-256 " + ShownText.digest(novel));
    assertThat(shown.text()).endsWith("… [" + cut.notes().get(0) + "]").hasSizeLessThan(600);
  }

  @Test
  void twoTextsThatBeginAlikeDifferInTheirDigests() {
    String same = "x".repeat(400);

    List<ShownRequest.Line> lines = shown(Map.of("a", same + "1", "b", same + "2")).arguments();

    assertThat(lines.get(0).text()).isEqualTo(lines.get(1).text());
    assertThat(lines.get(0).notes()).isNotEqualTo(lines.get(1).notes());
    assertThat(ShownText.digest("abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223");
  }

  @Test
  void thousandsOfValuesPushNothingOutOfSightUnsaid() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("junk", IntStream.range(0, 5_000).boxed().toList());
    arguments.put("to", "ines");
    arguments.put("reason", "x".repeat(400));
    arguments.put("amount", 5000);

    ShownRequest shown = shown(arguments);

    assertThat(shown.arguments()).hasSize(5_003);
    assertThat(shown.text())
        .contains(
            "\nOnly 40 of 5,003 arguments are shown here. Look at all of them before you answer."
                + "\nargs.to: \"ines\"\nargs.amount: 5000\nargs.reason: \"xxx")
        .contains("\nargs.junk[0]: 0\n")
        .hasLineCount(1 + 2 + 1 + 1 + 40);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'path': 'args.amount', 'op': 'gt', 'value': 1000} | args.amount",
        "{'path': 'args.AMOUNT', 'op': 'gt', 'value': 1000} | args.amount",
        "{'path': 'context.most', 'op': 'lt', 'value_from': 'args.amount'} | args.amount",
        "{'path': 'args.payment', 'op': 'exists', 'value': true} | args.payment.sum",
        "{'path': 'args.pay', 'op': 'exists', 'value': true} | args.a00",
        "{'path': 'args.items[*].price', 'op': 'gt', 'value': 5} | args.a00",
        "{'path': 'args.items', 'op': 'exists', 'value': true} | args.a00",
      })
  void whatMadeARuleAskComesBeforeAnyNumberOfShortValues(String condition, String first) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    IntStream.range(0, 60).forEach(i -> arguments.put("a%02d".formatted(i), i));
    arguments.put("amount", 9000);
    arguments.put("payment", Map.of("sum", 9000));
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("name", "tea");
    item.put("price", 9);
    arguments.put("items", List.of(item));
    String content = "{\"conditions\":[" + condition.replace('\'', '"') + "]}";

    List<ShownRequest.Line> lines =
        ApprovalRequest.builder(
                "id",
                "binding",
                "pay",
                Caller.grant("g"),
                List.of(ASKS.get(1), new AskingRule("r", "/", "Above 1000.", content)))
            .arguments(JsonText.of(arguments))
            .pending(Instant.EPOCH, Duration.ofMinutes(1), Duration.ofMinutes(1))
            .shown()
            .arguments();

    assertThat(lines.get(0).name()).isEqualTo(first);
    assertThat(lines.get(62).name())
        .isEqualTo(condition.contains("items[") ? "args.items[0].price" : "args.items[0].name");
  }

  static Stream<Arguments> places() {
    return Stream.of(
        Arguments.of("args.items[0].price", "args.items[0].price"),
        Arguments.of("args[\"x[0]\"]", "args[\"x[0]\"]"),
        // Which no rule reads, so that the one about its likeness asks.
        Arguments.of("args.sum", "args.\uff53\uff55\uff4d"));
  }

  @ParameterizedTest
  @MethodSource("places")
  void anElementThatIsNamedAndANameThatLooksTheSameAreShownFirst(String path, String first) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    IntStream.range(0, 60).forEach(i -> arguments.put("a%02d".formatted(i), i));
    arguments.put("x[0]", 9000);
    arguments.put("\uff53\uff55\uff4d", 9000);
    arguments.put("items", List.of(Map.of("price", 9)));
    String content = JsonText.of(Map.of("conditions", List.of(Map.of("path", path))));

    assertThat(
            ApprovalRequest.builder(
                    "id",
                    "binding",
                    "pay",
                    Caller.grant("g"),
                    List.of(new AskingRule("r", "/", "Above 1000.", content)))
                .arguments(JsonText.of(arguments))
                .pending(Instant.EPOCH, Duration.ofMinutes(1), Duration.ofMinutes(1))
                .shown()
                .arguments()
                .get(0)
                .name())
        .isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "202e | turns what follows",
        "2066 | isolates",
        "200b | zero width space",
        "200d | zero width joiner",
        "feff | zero width no-break space",
        "ad | soft hyphen",
        "a0 | no-break space",
        "2003 | em space",
        "2028 | line separator",
        "7 | bell",
        "a | line feed",
        "1b | escape",
        "3164 | Hangul filler",
        "2800 | empty Braille pattern",
        "fe0f | variation selector",
        "e0041 | tag",
        "e000 | private use",
        "378 | unassigned",
        "34f | combining grapheme joiner",
      })
  void whatCannotBeSeenIsSpeltOutWhereverItStands(String hex, String what) {
    String hidden = Character.toString(Integer.parseInt(hex, 16));
    String spelt = "\\u{" + hex + "}";
    String text = "a" + hidden + "b";
    ApprovalRequest request =
        ApprovalRequest.builder(
                "id",
                "binding",
                text,
                Caller.grant(text).withClient(text).withAttribute(text, text),
                List.of(new AskingRule("r", "/", text, "{}")))
            .arguments(JsonText.of(Map.of(text, text)))
            .metadata(Map.of(text, text))
            .pending(Instant.EPOCH, Duration.ofMinutes(1), Duration.ofMinutes(1));

    String shown = request.shown().text();

    assertThat(shown.replace("\n", "")).as(what).doesNotContain(hidden);
    assertThat(shown.split(java.util.regex.Pattern.quote(spelt), -1)).hasSize(11);
    assertThat(shown).hasLineCount(7);
  }

  @Test
  void blanksAreSpeltOutWhereTheyPushOrHide() {
    assertThat(text("a   b ")).isEqualTo("\"a \\u{20}\\u{20}b\\u{20}\"");
    assertThat(text(" a")).isEqualTo("\"\\u{20}a\"");
    assertThat(text("a b c")).isEqualTo("\"a b c\"");
  }

  @Test
  void aTextCannotPassForAnotherByQuotesOrEscapes() {
    assertThat(text("\\u{202e}")).isEqualTo("\"\\\\u{202e}\"");
    assertThat(text("a\" and b")).isEqualTo("\"a\\\" and b\"");
    assertThat(text("5000")).isEqualTo("\"5000\"");
    assertThat(shown(Map.of("a.b", 1, "x\"]", 2)).arguments())
        .extracting(ShownRequest.Line::name)
        .containsExactlyInAnyOrder("args[\"a.b\"]", "args[\"x\\\"]\"]");
  }

  @Test
  void marksAreSpeltOutAfterTheSecondAndWhereTheyStandUponNoLetter() {
    assertThat(text("e\u0301")).isEqualTo("\"e\u0301\"");
    assertThat(text("e\u0323\u0302")).isEqualTo("\"e\u0323\u0302\"");
    assertThat(text("e\u0323\u0302\u0301\u0300x")).isEqualTo("\"e\u0323\u0302\\u{301}\\u{300}x\"");
    assertThat(text("\u0338")).isEqualTo("\"\\u{338}\"");
    assertThat(text("1\u0338000")).isEqualTo("\"1\\u{338}000\"");
    assertThat(text("e\u200b\u0301")).isEqualTo("\"e\\u{200b}\\u{301}\"");
    assertThat(text("Z" + "\u0341".repeat(200))).hasSizeLessThan(ShownRequest.MAX_LENGTH);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p\u0430ypal | mixes scripts: Cyrillic, Latin (\u0430 is U+0430)",
        "\u0440\u0430\u0443\u0440\u0430\u04cf1 x | mixes scripts: Cyrillic, Latin (x is U+0078)",
        "\u0441\u043e\u0440\u0430 | looks Latin but is Cyrillic",
        "\u0391\u0392\u0395 | looks Latin but is Greek",
        "\u057d\u0578\u0585 | looks Latin but is Armenian",
        "\ua4d0\ua4ee\ua4d3 | is written in Lisu (\ua4d0 is U+A4D0)",
        "\u13df\u13aa\u13a2 | is written in Cherokee (\u13df is U+13DF)",
        "\u2c9f\u2c9b\u2c89 | is written in Coptic (\u2c9f is U+2C9F)",
        "p\u0251yp\u0251l | has letters or digits of an unusual form (\u0251 is U+0251)",
        "\u1d0f\u1d20 | has letters or digits of an unusual form (\u1d0f is U+1D0F)",
        "\u01c0\u01c0 | has letters or digits of an unusual form (\u01c0 is U+01C0)",
        "ine\uff53 | has letters or digits of an unusual form (\uff53 is U+FF53)",
        "a\ud835\udc29 | has letters or digits of an unusual form (\ud835\udc29 is U+1D429)",
        "\u09ea0 | has letters or digits of an unusual form (\u09ea is U+09EA)",
        "\u05d0\u05d1 | has text that runs from right to left",
      })
  void whatAReaderCouldBeMistakenAboutIsSaid(String text, String note) {
    assertThat(shown(Map.of("to", text)).arguments().get(0).notes()).containsExactly(note);
    assertThat(shown(Map.of(text, 1)).arguments().get(0).notes())
        .containsExactly("its name " + note);
    assertThat(request(text, Caller.grant(text), "{}", Map.of()).shown().text())
        .contains("approval. [" + note + "]", "grant: " + text + " [" + note + "]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ines",
        "São João, 2.ª via",
        "Žižkov – ½ €",
        "Счёт на оплату",
        "日本語のテキストとカタカナ",
        "한국어 漢字",
        "Ünïcödé",
        "Nguyễn Thị Hồng, ığdır, Ørsted",
        "Հայաստան",
        "ประเทศไทย",
        "भारत"
      })
  void anOrdinaryTextIsShownAsItIs(String text) {
    ShownRequest.Line line = shown(Map.of("to", text)).arguments().get(0);

    assertThat(line).isEqualTo(new ShownRequest.Line("args.to", '"' + text + '"', "", List.of()));
  }

  @Test
  void aLongNameIsCutToo() {
    ShownRequest.Line line = shown(Map.of("n".repeat(5_000), 1)).arguments().get(0);

    assertThat(line.name()).hasSize(101).endsWith("n…");
    assertThat(line.notes()).singleElement().asString().startsWith("its name has 5,005 characters");
  }

  @Test
  void argumentsThatAreNoJsonAreShownAsText() {
    assertThat(request("not\u202e json").shown().arguments())
        .containsExactly(new ShownRequest.Line("args", "not\\u{202e} json", "", List.of()));
  }

  @Test
  void whateverIsWrittenEveryLineIsShortAndHoldsOnlyWhatIsSeen() {
    Random random = new Random(7);
    String[] pieces = {
      "\u202e", "\u0301", "a", "}", "\\", "\\u{", "\ud83d\ude00", " ", "\u0430", "\"", "\u0e33", "9"
    };
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(500); length > 0; length--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }

      ShownRequest.Line line = shown(Map.of("t", text.toString())).arguments().get(0);

      assertThat(line.text().length()).isLessThanOrEqualTo(ShownRequest.MAX_LENGTH);
      assertThat(line.text() + line.rest()).isEqualTo(ShownText.quoted(text.toString()));
      assertThat(line.rest().isEmpty() || line.text().length() > ShownRequest.MAX_LENGTH - 15)
          .as(line.text())
          .isTrue();
      assertThat(line.text()).doesNotContain("\u202e").doesNotContainPattern("\\p{M}{3}");
      assertThat(line.rest()).doesNotContainPattern("^[\\p{M}\\x{dc00}-\\x{dfff}]");
    }
  }

  @Test
  void whatTheHostSaysIsKeptWithTheRequestAndBounded() {
    ApprovalRequest request =
        request("pay", Caller.grant("g"), "{}", Map.of("ticket", "T-12", "account", "Ínes"));

    assertThat(ApprovalRequest.fromJson(request.toJson())).isEqualTo(request);
    assertThat(request.metadata())
        .containsExactly(Map.entry("account", "Ínes"), Map.entry("ticket", "T-12"));
    assertThat(request("{}").toJson()).doesNotContain("metadata");
    ApprovalRequest.Builder builder =
        ApprovalRequest.builder("id", "b", "pay", Caller.grant("g"), ASKS);
    Map<String, String> many = new LinkedHashMap<>();
    IntStream.range(0, 21).forEach(i -> many.put("n" + i, ""));
    assertThatThrownBy(() -> builder.metadata(many))
        .hasMessageContaining("at most 20 texts, not 21");
    for (Map<String, String> wrong :
        List.of(Map.of("", "x"), Map.of("n".repeat(101), "x"), Map.of("n", "x".repeat(2_001)))) {
      assertThatThrownBy(() -> builder.metadata(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 100");
    }
  }

  private static String text(String value) {
    return shown(Map.of("t", value)).arguments().get(0).text();
  }

  private static ShownRequest shown(Map<String, @Nullable Object> arguments) {
    return request(JsonText.of(arguments)).shown();
  }

  private static ApprovalRequest request(String arguments) {
    return request("pay", Caller.grant("g"), arguments, Map.of());
  }

  private static ApprovalRequest request(
      String tool, Caller caller, String arguments, Map<String, String> metadata) {
    return ApprovalRequest.builder("id", "binding", tool, caller, ASKS)
        .arguments(arguments)
        .metadata(metadata)
        .pending(Instant.EPOCH, Duration.ofMinutes(1), Duration.ofMinutes(1));
  }
}
