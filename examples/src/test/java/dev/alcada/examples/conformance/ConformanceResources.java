package dev.alcada.examples.conformance;

import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.spec.McpSchema.BlobResourceContents;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.ResourceContents;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import java.util.List;

/** The resources that the conformance suite reads. */
final class ConformanceResources {
  private ConformanceResources() {}

  static List<SyncResourceSpecification> resources() {
    return List.of(
        resource(
            "text/plain",
            ConformanceContent.text(
                "test://static-text",
                "text/plain",
                "This is the content of the static text resource.")),
        resource(
            "image/png",
            BlobResourceContents.builder("test://static-binary", ConformanceContent.PNG)
                .mimeType("image/png")
                .build()),
        resource(
            "text/plain",
            ConformanceContent.text("test://watched-resource", "text/plain", "Watched.")));
  }

  static List<SyncResourceTemplateSpecification> templates() {
    return List.of(
        new SyncResourceTemplateSpecification(
            ResourceTemplate.builder("test://template/{id}/data", "template")
                .description("Data of an id")
                .mimeType("application/json")
                .build(),
            (exchange, request) -> {
              String id = request.uri().replaceAll("test://template/(.*)/data", "$1");
              String text =
                  "{\"id\":\"%s\",\"templateTest\":true,\"data\":\"Data for ID: %s\"}"
                      .formatted(id, id);
              return read(ConformanceContent.text(request.uri(), "application/json", text));
            }));
  }

  private static SyncResourceSpecification resource(String mimeType, ResourceContents contents) {
    return new SyncResourceSpecification(
        Resource.builder(contents.uri(), contents.uri().substring("test://".length()))
            .description("A resource of the suite")
            .mimeType(mimeType)
            .build(),
        (exchange, request) -> read(contents));
  }

  private static ReadResourceResult read(ResourceContents contents) {
    return ReadResourceResult.builder(List.of(contents)).build();
  }
}
