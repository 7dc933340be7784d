package demo.quarkus;

import dev.alcada.examples.quarkus.Guarded;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolArg;

@Guarded
public class PaymentTools {
  @Tool(description = "Refunds a charge")
  String refund(@ToolArg(description = "The charge") String charge, int amount) {
    return "refunded " + amount + " of " + charge;
  }

  @Tool(description = "Deletes an account")
  String deleteAccount(String account) {
    return "deleted " + account;
  }
}
