package dev.alcada.examples.desk;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
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
  private final DeskServer server;

  private Desk(ToyLedger ledger, Approvals approvals, DeskServer server) {
    this.ledger = ledger;
    this.approvals = approvals;
    this.guard = ToolGuard.builder(Policy.parse(POLICY)).approvals(approvals).build();
    this.server = server;
  }

  /**
   * Opens the desk.
   *
   * @param port where the page is served on the loopback interface, or 0 for a free port
   * @param approvers who may answer there, each as {@code NAME[:ROLE,…]}
   * @param files where the command line finds the desk
   */
  static Desk open(int port, List<String> approvers, Path files) throws IOException {
    ToyLedger ledger =
        new ToyLedger(
            Map.of(
                "company", new BigDecimal(20_000),
                "ines", BigDecimal.ZERO,
                "rui", BigDecimal.ZERO));
    Approvals approvals = Approvals.inMemory();
    return new Desk(
        ledger, approvals, DeskServer.open(approvals, Seat.all(approvers), port, files));
  }

  /** {@return the address of the first approver's page; whoever knows it may answer} */
  String url() {
    return server.urls().values().iterator().next();
  }

  /** {@return each approver's address} */
  Map<Seat, String> urls() {
    return server.urls();
  }

  int port() {
    return server.port();
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
