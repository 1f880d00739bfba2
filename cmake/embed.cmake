# Turns text files of the source tree into headers with constants. Editing one of them configures again.

# One header for each folder under `source` that has .sql files: <output>/<folder>.hpp, in which every file is
# `pim::sql::<folder as namespaces>::<file name>`. What several statements of a folder share is a file of its own,
# x.part.sql, which stands where a statement says `/* x.part.sql */`; those of other folders are named with their path.
function(embed_sql source output)
  file(GLOB_RECURSE parts CONFIGURE_DEPENDS RELATIVE ${source} ${source}/*.part.sql)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${source} ${source}/*.sql)
  list(REMOVE_ITEM files ${parts})
  set(folders "")
  foreach(file IN LISTS files)
    get_filename_component(folder ${file} DIRECTORY)
    get_filename_component(name ${file} NAME_WE)
    file(READ ${source}/${file} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source}/${file})
    foreach(pass RANGE 1 2)  # a part may have a part
      foreach(part IN LISTS parts)
        get_filename_component(part_folder ${part} DIRECTORY)
        get_filename_component(part_name ${part} NAME)
        file(READ ${source}/${part} shared)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source}/${part})
        string(REPLACE "/* ${part} */" "${shared}" text "${text}")
        if(part_folder STREQUAL folder)
          string(REPLACE "/* ${part_name} */" "${shared}" text "${text}")
        endif()
      endforeach()
    endforeach()
    list(APPEND folders ${folder})
    string(APPEND text_of_${folder} "inline constexpr std::string_view ${name} = R\"sql(${text})sql\";\n\n")
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder IN LISTS folders)
    string(REPLACE "/" "::" namespace ${folder})
    file(CONFIGURE OUTPUT ${output}/${folder}.hpp @ONLY CONTENT
"#pragma once\n\n#include <string_view>\n\nnamespace pim::sql::${namespace} {\n\n@text_of_${folder}@}  // namespace\n")
  endforeach()
endfunction()

# One header with all migrations, in the order of their names: `pim::migrations::all`.
function(embed_migrations source output)
  file(GLOB folders CONFIGURE_DEPENDS RELATIVE ${source} ${source}/*)
  list(SORT folders)
  set(entries "")
  foreach(folder IN LISTS folders)
    if(EXISTS ${source}/${folder}/migration.sql)
      file(READ ${source}/${folder}/migration.sql up)
      set(down "")
      if(EXISTS ${source}/${folder}/down.sql)
        file(READ ${source}/${folder}/down.sql down)
      endif()
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
        ${source}/${folder}/migration.sql ${source}/${folder}/down.sql)
      string(APPEND entries
        "    Embedded{\"${folder}\",\n             R\"migration(${up})migration\",\n             R\"migration(${down})migration\"},\n")
    endif()
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"#pragma once\n\n#include <string_view>\n\nnamespace pim::migrations {\n\n// A folder of db/migrations, byte for byte.\nstruct Embedded {\n  std::string_view name, up, down;\n};\n\ninline constexpr Embedded all[] = {\n@entries@};\n\n}  // namespace pim::migrations\n")
endfunction()

# A file as the constant `pim::<name>` of a header. The hash in the header makes a changed file compile again.
function(embed_file file name output)
  file(SHA256 ${file} hash)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"#pragma once\n\n#include <string_view>\n\nnamespace pim {\n\n// @hash@\ninline constexpr unsigned char ${name}_bytes[] = {\n#embed \"@file@\"\n};\ninline const std::string_view ${name}{reinterpret_cast<const char*>(${name}_bytes), sizeof ${name}_bytes};\n\n}  // namespace pim\n")
endfunction()
