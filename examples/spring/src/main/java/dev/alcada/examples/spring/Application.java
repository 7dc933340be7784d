package dev.alcada.examples.spring;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.McpToolParam;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An MCP server with two tools. */
@SpringBootApplication
public class Application {
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @McpTool(name = "get_order", description = "Reads an order")
  public String getOrder(@McpToolParam(description = "The order's number") String id) {
    return "Order " + id + ": 2 books, paid";
  }

  @McpTool(name = "refund_order", description = "Pays an order back")
  public String refundOrder(
      @McpToolParam(description = "The order's number") String id,
      @McpToolParam(description = "The amount in euros") int amount) {
    return "Refunded " + amount + " euros of order " + id;
  }
}
