package dev.alcada.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.alcada.advice.Risk.Category;
import dev.alcada.advice.Risk.Severity;
import dev.alcada.tool.ToolDefinition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tool is found to do, and why. */
class RiskClassifierTest {

  @Test
  void mintingAConnectTokenIsAWriteOfMediumSeverity() {
    Risk risk =
        classify(
            "create_connect_token",
            "Mint a connect token for embedding the Pluggy Connect widget on the client. Pluggy"
                + " endpoint: POST /connect_token.",
            "clientUserId itemId options:o");

    assertThat(risk.category()).isEqualTo(Category.WRITE);
    assertThat(risk.severity()).isEqualTo(Severity.MEDIUM);
    assertThat(risk.why()).isNotEmpty().first().asString().contains("credential");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          send_invoice | Mails an invoice to the customer | id* | write
          store_payment_method | Stores a payment method for later | customer* token* | write
          create_refund_reason | Creates a reason for refunds | text* | write
          get_refund | Gets a refund | id* | read
          list_transfers | Transfers, newest first | page:n | read
          create_payment | Creates a payment | amount*:n | financial
          cancel_payment | Cancels a payment | id* | destructive
          """)
  void theNounOfMoneyDecidesLessThanTheVerb(
      String name, String description, String parameters, String category) {
    assertThat(classify(name, description, parameters).category().text()).isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          verify_signature | Verifies the signature of a message | payload* | read
          verify_otp | Verifies the code that was sent | code* | write
          resolve_address | Resolves a host name | host* | read
          resolve_dispute | Resolves a dispute | id* | write
          track_parcel | Tracks a parcel by its code | code* | read
          track_event | Tracks an event of a user | name* | write
          """)
  void verbsThatSeemToReadMayWrite(
      String name, String description, String parameters, String category) {
    assertThat(classify(name, description, parameters).category().text()).isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          get_access_token | Gets an access token | client_id* client_secret*
          fetch_token | OAuth client credentials | client_id* client_secret*
          obter_token | Obtém um token de acesso | usuario*
          generate_magic_link | Returns a link that signs the user in | email*
          """)
  void handingOutACredentialIsAWriteWhateverItIsCalled(
      String name, String description, String parameters) {
    assertThat(classify(name, description, parameters).category()).isEqualTo(Category.WRITE);
  }

  @ParameterizedTest
  @CsvSource({
    "status*:=canceled, destructive",
    "status*:=captured, financial",
    "action*:pause|resume|cancel, destructive",
    "action*:get|list, write",
    "method*:GET|POST|DELETE, execute"
  })
  void whatAParameterPermitsCounts(String parameters, String category) {
    assertThat(classify("set_subscription", "Changes a thing.", parameters).category().text())
        .isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          check_card | Validates a card without charging it. | number* cvv* | read
          pay_document | Records a payment in the books, without moving money. | id* amount*:n | write
          preview_deletion | Shows what would go, without deleting anything. | id* | read
          draft_email | Keeps a draft without sending it. | to* | write
          """)
  void whatTheTextDeniesDoesNotCount(
      String name, String description, String parameters, String category) {
    assertThat(classify(name, description, parameters).category().text()).isEqualTo(category);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ends a charge (a refund when it is already paid).",
        "Ends a charge. If it was captured, the amount is refunded.",
        "Ends a charge, which refunds the buyer.",
        "Ends a charge and refunds it.",
        "Encerra a cobrança; estorno caso já esteja paga.",
        "Termina el cargo y reembolsa al comprador."
      })
  void whatTheTextRevealsCounts(String description) {
    assertThat(classify("set_charge_state", description, "id*").category())
        .isEqualTo(Category.FINANCIAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Lists orders. Use this before cancelling or refunding one.",
        "Gets an order, so that you can tell whether it can be cancelled.",
        "Lists orders that were cancelled, refunded or deleted.",
        "Searches orders. Set include_deleted to true to see deleted ones.",
        "Gets an order. Create one first with create_order.",
        "Lists orders.\nArgs:\n  status: Delete, cancel or refund are possible states."
      })
  void whatIsOnlyMentionedDoesNotCount(String description) {
    assertThat(classify("list_orders", description, "status").category()).isEqualTo(Category.READ);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pix | amount*:n pix_key* | financial
          operation | amount*:n from_account* to_account* | financial
          card | amount*:n card_number* cvv* | financial
          position | side* symbol* quantity*:n | financial
          helper | command* | execute
          list_payments | amount:n pix_key | read
          """)
  void whereTheTextIsShortTheSchemaIsTheEvidence(String name, String parameters, String category) {
    assertThat(classify(name, "New", parameters).category().text()).isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sync | PUT /orders/{id} | write
          orders | GET /orders | read
          order_item | DELETE /orders/{id} | destructive
          find_offers | Finds offers. POST /offers/search | read
          process_order | Goes on with an order. POST /orders/{id}/cancel | destructive
          """)
  void theRequestThatIsSentIsEvidenceToo(String name, String description, String category) {
    assertThat(classify(name, description, "id").category().text()).isEqualTo(category);
  }

  @Test
  void whatSaysNothingIsNoRead() {
    Risk risk = classify("zap", "The big one.", "");

    assertThat(risk.category()).isEqualTo(Category.WRITE);
    assertThat(risk.why()).containsExactly("nothing says that it only reads");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          list_customers | Lists customers | | medium
          get_secret | Gets a secret | name* | high
          send_sms | Sends an SMS | to* | medium
          send_bulk_sms | Sends an SMS to many | to*:a | high
          add_reaction | Adds an emoji to a message | emoji* | low
          run_shell | Runs a shell command | command* | critical
          create_payment_link | Creates a payment link | amount*:n | high
          delete_webhook | Deletes a webhook | id* | high
          delete_account | Deletes an account | id* | critical
          """)
  void severityHasEvidenceOfItsOwn(
      String name, String description, String parameters, String severity) {
    assertThat(classify(name, description, parameters == null ? "" : parameters).severity().text())
        .isEqualTo(severity);
  }

  @Test
  void annotationsRaiseARiskAndLowerItOnlyForAServerThatIsTrusted() {
    RiskClassifier trusting = RiskClassifier.builder().trustAnnotations().build();
    ToolDefinition calm = annotated("delete_all", Map.of("readOnlyHint", true));
    ToolDefinition kind =
        annotated("delete_all", Map.of("readOnlyHint", false, "destructiveHint", false));
    ToolDefinition grave =
        annotated("get_all", Map.of("readOnlyHint", false, "destructiveHint", true));

    assertThat(category(RiskClassifier.standard(), calm)).isEqualTo(Category.DESTRUCTIVE);
    assertThat(category(trusting, calm)).isEqualTo(Category.READ);
    assertThat(category(RiskClassifier.standard(), kind)).isEqualTo(Category.DESTRUCTIVE);
    assertThat(category(trusting, kind)).isEqualTo(Category.WRITE);
    assertThat(category(RiskClassifier.standard(), grave)).isEqualTo(Category.DESTRUCTIVE);
    assertThat(category(RiskClassifier.standard(), annotated("get_all", Map.of())))
        .isEqualTo(Category.READ);
    assertThatIllegalStateException()
        .isThrownBy(() -> RiskClassifier.builder().trustAnnotations().trustAnnotations())
        .withMessageContaining("trustAnnotations");
  }

  @Test
  void aTitleIsReadLikeADescription() {
    ToolDefinition tool = ToolDefinition.builder("x1").title("Delete a project").build();

    assertThat(category(RiskClassifier.standard(), tool)).isEqualTo(Category.DESTRUCTIVE);
  }

  @Test
  void aHostsRulesComeBeforeTheStandardOnes() {
    RiskClassifier classifier =
        RiskClassifier.builder()
            .rules(
                """
                version: "1"
                groups:
                  MONEY: [alcada]
                verbs:
                  read: [purge]
                objects:
                  - verb: [flarb]
                    is: destructive
                    why: flarbing is for ever
                severity:
                  rules:
                    - of: [read]
                      says: [dossier]
                      at_least: critical
                      why: it is a dossier
                """)
            .build();

    assertThat(category(classifier, ToolDefinition.builder("create_alcada").build()))
        .isEqualTo(Category.FINANCIAL);
    assertThat(category(classifier, ToolDefinition.builder("purge_list").build()))
        .isEqualTo(Category.READ);
    assertThat(classifier.classify(ToolDefinition.builder("flarb_it").build()).why())
        .first()
        .asString()
        .endsWith("flarbing is for ever");
    assertThat(classifier.classify(ToolDefinition.builder("get_dossier").build()).severity())
        .isEqualTo(Severity.CRITICAL);
  }

  @Test
  void mistakesInRulesAreNamedTogetherWithWhatWasMeant() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                RiskClassifier.builder()
                    .rules(
                        """
                        version: "1"
                        verb: {}
                        verbs:
                          wrote: [frob]
                        objects:
                          - verb: MONY
                            is: finansial
                            signal: sandbx
                        schema:
                          - all: [AMONT]
                            is: write
                            why: x
                        """)
                    .build())
        .withMessageContaining("did you mean \"verbs\"?")
        .withMessageContaining("did you mean \"write\"?")
        .withMessageContaining("did you mean \"MONEY\"?")
        .withMessageContaining("did you mean \"financial\"?")
        .withMessageContaining("did you mean \"sandbox\"?")
        .withMessageContaining("did you mean \"AMOUNT\"?");
  }

  @Test
  void theSameToolIsAlwaysTheSameWhateverTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(new Locale("tr", "TR"));
      assertThat(
              RiskClassifier.builder()
                  .build()
                  .classify(ToolDefinition.builder("LIST_INVOICES").build()))
          .isEqualTo(classify("LIST_INVOICES", null, ""));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void reasonsAreShownWithNothingThatATerminalActsUpon() {
    Risk risk = classify("delete\u001b[2J_\u202eall", null, "");

    assertThat(risk.category()).isEqualTo(Category.DESTRUCTIVE);
    assertThat(risk.why()).first().asString().contains("\\u001b").doesNotContain("\u202e");
  }

  @Test
  void hiddenCharactersDoNotHideAWord() {
    assertThat(classify("x", "De\u200bletes a project.", "").category())
        .isEqualTo(Category.DESTRUCTIVE);
  }

  @Test
  void whatNobodyReadsIsNoReadWhateverItSays() {
    String harmless = "Lists an order. Gets a thing, and shows it, if wanted; ".repeat(20_000);

    Risk risk = classify("get_x", harmless, "");
    assertThat(risk.category()).isEqualTo(Category.WRITE);
    assertThat(risk.severity()).isEqualTo(Severity.HIGH);
    assertThat(risk.why()).containsExactly("its description is longer than anybody reads");
    assertThat(classify("get_x", harmless + ". It deletes a project.", "").category())
        .isEqualTo(Category.DESTRUCTIVE);
  }

  @Test
  void aSchemaThatIsNoneIsNoReasonToFail() {
    ToolDefinition tool =
        ToolDefinition.builder("set_x")
            .inputSchema(
                Map.of(
                    "properties",
                    Map.of("a", true, "b", List.of(), "c", Map.of("enum", "x")),
                    "items",
                    List.of(),
                    "anyOf",
                    Map.of()))
            .build();

    assertThat(category(RiskClassifier.standard(), tool)).isEqualTo(Category.WRITE);
  }

  private static ToolDefinition annotated(String name, Map<String, Object> hints) {
    return ToolDefinition.builder(name).annotations(hints).build();
  }

  private static Category category(RiskClassifier classifier, ToolDefinition tool) {
    return classifier.classify(tool).category();
  }

  private static Risk classify(
      String name, @org.jspecify.annotations.Nullable String description, String parameters) {
    ToolDefinition.Builder tool = ToolDefinition.builder(name);
    if (description != null) {
      tool.description(description);
    }
    return RiskClassifier.standard()
        .classify(tool.inputSchema(LabelledTools.schema(parameters)).build());
  }
}
