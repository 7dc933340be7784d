package dev.alcada.examples.gateway;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.IOException;

/**
 * Reads a request so that its whole is its parameters. The SDK's servlet gives handlers nothing but
 * the parameters, and a request that may be cancelled has to be known by its id.
 */
final class WholeRequests implements McpJsonMapper {
  @Override
  public <T> T convertValue(Object from, Class<T> type) {
    T value = Json.MAPPER.convertValue(from, type);
    return value instanceof JSONRPCRequest request
        ? type.cast(new JSONRPCRequest(request.method(), request.id(), request))
        : value;
  }

  @Override
  public <T> T convertValue(Object from, TypeRef<T> type) {
    return Json.MAPPER.convertValue(
        from instanceof JSONRPCRequest request ? request.params() : from, type);
  }

  @Override
  public <T> T readValue(String content, Class<T> type) throws IOException {
    return Json.MAPPER.readValue(content, type);
  }

  @Override
  public <T> T readValue(byte[] content, Class<T> type) throws IOException {
    return Json.MAPPER.readValue(content, type);
  }

  @Override
  public <T> T readValue(String content, TypeRef<T> type) throws IOException {
    return Json.MAPPER.readValue(content, type);
  }

  @Override
  public <T> T readValue(byte[] content, TypeRef<T> type) throws IOException {
    return Json.MAPPER.readValue(content, type);
  }

  @Override
  public String writeValueAsString(Object value) throws IOException {
    return Json.MAPPER.writeValueAsString(value);
  }

  @Override
  public byte[] writeValueAsBytes(Object value) throws IOException {
    return Json.MAPPER.writeValueAsBytes(value);
  }
}
