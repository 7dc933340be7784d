package dev.alcada.examples.conformance;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.AudioContent;
import io.modelcontextprotocol.spec.McpSchema.EmbeddedResource;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** What tools, resources and prompts of the suite are made of. */
final class ConformanceContent {
  /** One pixel. */
  static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

  /** No sample. */
  private static final String WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

  private ConformanceContent() {}

  static ImageContent image() {
    return ImageContent.builder(PNG, "image/png").build();
  }

  static AudioContent audio() {
    return AudioContent.builder(WAV, "audio/wav").build();
  }

  static EmbeddedResource resource(String uri, String mimeType, String text) {
    return EmbeddedResource.builder(text(uri, mimeType, text)).build();
  }

  static TextResourceContents text(String uri, String mimeType, String text) {
    return TextResourceContents.builder(uri, text).mimeType(mimeType).build();
  }

  static Map<String, Object> json(String text) {
    try {
      return McpJsonDefaults.getMapper().readValue(text, new TypeRef<Map<String, Object>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
