package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE completes. */
class MetadataTest {
  @Test
  void everyPropertyIsDescribed() throws Exception {
    JsonNode found = null;
    for (URL url :
        Collections.list(
            getClass()
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
      try (InputStream stream = url.openStream()) {
        JsonNode metadata = JsonMapper.shared().readTree(stream);
        if (metadata.at("/groups/0/name").asString().equals("alcada")) {
          found = metadata;
        }
      }
    }
    assertThat(found).isNotNull();
    assertThat(found.at("/properties"))
        .allSatisfy(property -> assertThat(property.at("/description").asString()).isNotBlank())
        .extracting(property -> property.at("/name").asString())
        .containsExactlyInAnyOrder("alcada.policy", "alcada.coverage");
  }
}
