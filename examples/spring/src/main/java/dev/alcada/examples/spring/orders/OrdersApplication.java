package dev.alcada.examples.spring.orders;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class OrdersApplication {
  public static void main(String[] args) {
    SpringApplication.run(OrdersApplication.class, args);
  }

  @McpTool(name = "get_order", description = "Reads an order")
  public String getOrder(String id) {
    return "Order " + id + ": 2 books, paid";
  }

  @McpTool(name = "refund_order", description = "Pays a part of an order back, in euros")
  public String refundOrder(String id, int amount) {
    return "Refunded " + amount + " euros of order " + id;
  }

  @McpTool(name = "cancel_order", description = "Cancels an order")
  public String cancelOrder(String id) {
    return "Order " + id + " is cancelled";
  }

  @McpTool(name = "delete_order", description = "Deletes an order")
  public String deleteOrder(String id) {
    return "Order " + id + " is gone";
  }
}
