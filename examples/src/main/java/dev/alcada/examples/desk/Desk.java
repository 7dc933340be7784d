package dev.alcada.examples.desk;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.examples.LoopbackServer;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;

/** The tool {@code transfer}, its policy, and the page for whoever approves. Thread-safe. */
final class Desk implements AutoCloseable {
  private static final String POLICY =
      """
      {
        "version": "1",
        "default": "deny",
        "tools": {
          "transfer": {
            "approve_if": [{
              "name": "large",
              "conditions": [{"path": "args.amount", "op": "gt", "value": 1000}],
              "on_deny": "Transfers above 1000 need a person's approval."
            }],
            "limits": [{
              "counter": "daily_transfers", "window": "day", "max": 10000,
              "increment_from": "args.amount",
              "on_deny": "At most 10000 may be transferred in a day."
            }]
          }
        }
      }
      """;

  private final ToyLedger ledger;
  private final Approvals approvals;
  private final ToolGuard guard;
  private final LoopbackServer server;
  private final String token;

  private Desk(ToyLedger ledger, Approvals approvals, LoopbackServer server, String token) {
    this.ledger = ledger;
    this.approvals = approvals;
    this.guard = ToolGuard.builder(Policy.parse(POLICY)).approvals(approvals).build();
    this.server = server;
    this.token = token;
  }

  /**
   * Opens the desk.
   *
   * @param port where the page is served on the loopback interface, or 0 for a free port
   * @param approver the name of the person who answers
   */
  static Desk open(int port, String approver) throws IOException {
    ToyLedger ledger =
        new ToyLedger(
            Map.of(
                "company", new BigDecimal(20_000),
                "ines", BigDecimal.ZERO,
                "rui", BigDecimal.ZERO));
    Approvals approvals = Approvals.inMemory();
    Answered answered = new Answered();
    approvals.listen(answered::changed);
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    LoopbackServer server =
        LoopbackServer.start(new ApprovalPage(approvals, answered, approver, token), port);
    return new Desk(ledger, approvals, server, token);
  }

  /** {@return the page's address; whoever knows it may answer} */
  String url() {
    return server.url() + "/" + token + "/";
  }

  Approvals approvals() {
    return approvals;
  }

  ToyLedger ledger() {
    return ledger;
  }

  /** What the agent calls. It is answered at once; after a yes the same call passes once. */
  Outcome<String> transfer(Map<String, ?> arguments) throws Exception {
    ToolCall call = ToolCall.of("transfer", arguments, Caller.grant("agent-7"));
    return guard.call(
        call,
        judged ->
            ledger.transfer(
                String.valueOf(judged.arguments().get("from")),
                String.valueOf(judged.arguments().get("to")),
                new BigDecimal(String.valueOf(judged.arguments().get("amount")))));
  }

  @Override
  public void close() {
    server.close();
  }
}
