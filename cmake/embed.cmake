# Turns text files of the source tree into headers with constants. Editing one of them configures again.

# One header for each folder under `source` that has .sql files: <output>/<folder>.hpp, in which every file is
# `pim::sql::<folder as namespaces>::<file name>`. What several statements of a folder share is a file of its own,
# x.part.sql, which stands where a statement says `/* x.part.sql */`; those of other folders are named with their path.
# What is the same for each kind of thing is said once, in x.kind.part.sql, and stands there for each, one after the other.
set(kind_names cte kind table name sku place parent sku_restored rank)
set(kinds
  "product|product|Product|name|t.\"sku\"|NULL::int4|t.\"parentProductId\"|, \"sku\" = coalesce(p.new_sku, t.\"sku\"), \"version\" = t.\"version\" + (coalesce(p.new_sku, p.new_name) IS NOT NULL)::int4|1"
  "asset|asset|Asset|name|NULL::text|t.\"assetGroupId\"|t.\"assetGroupId\"||2"
  "asset_group|assetGroup|AssetGroup|groupName|NULL::text|t.\"parentGroupId\"|t.\"parentGroupId\"||3"
  "category|category|Category|name|NULL::text|t.\"parentCategoryId\"|t.\"parentCategoryId\"||4"
  "family|family|Family|name|NULL::text|NULL::int4|NULL::int4||5"
  "attribute|attribute|Attribute|name|NULL::text|NULL::int4|NULL::int4||6"
  "attribute_group|attributeGroup|AttributeGroup|name|NULL::text|NULL::int4|NULL::int4||7")

# The text of a part.
function(read_part file result)
  file(READ ${file} text)
  if(file MATCHES "\\.kind\\.part\\.sql$")
    set(each "")
    foreach(kind IN LISTS kinds)
      string(REPLACE "|" ";" values "${kind}")
      set(one "${text}")
      foreach(name value IN ZIP_LISTS kind_names values)
        string(REPLACE "{${name}}" "${value}" one "${one}")
      endforeach()
      if(each STREQUAL "")
        string(REPLACE "{union}" "" one "${one}")
      endif()
      string(REPLACE "{union}" "UNION ALL" one "${one}")
      string(APPEND each "${one}")
    endforeach()
    set(text "${each}")
  endif()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

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
        read_part(${source}/${part} shared)
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

# The browser app: a header with every file of `source`, as it is and compressed (in `work`), in `pim::page::files`. Its
# page has "{base}" where the folder of its modules is to stand, which has the hash of all of them in its name, and
# "{modules}" where the browser is told of them, so that it asks for all at once.
function(embed_page source work output)
  find_program(GZIP gzip REQUIRED)
  find_program(BROTLI brotli REQUIRED)
  file(GLOB_RECURSE names CONFIGURE_DEPENDS RELATIVE ${source} ${source}/*)
  list(SORT names)
  set(hashes "")
  foreach(name IN LISTS names)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source}/${name})
    file(SHA256 ${source}/${name} hash)
    string(APPEND hashes "${name} ${hash}\n")
  endforeach()
  string(SHA256 version "${hashes}")
  string(SUBSTRING ${version} 0 16 version)
  set(entries "")
  foreach(name IN LISTS names)
    embed_page_file(${name})
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"#pragma once\n\n#include <string_view>\n\nnamespace pim::page {\n\n// `gzip` and `brotli` are empty where the file is compressed by itself.\nstruct File {\n  std::string_view name, type, hash, plain, gzip, brotli;\n};\n\ninline constexpr std::string_view version_of_files = \"@version@\";\n\n@arrays@\ninline constexpr File files[] = {\n@entries@};\n\n}  // namespace pim::page\n")
endfunction()

# One file of it: adds to `arrays` and `entries`.
macro(embed_page_file name)
  set(type_.html "text/html; charset=utf-8")
  set(type_.js "text/javascript; charset=utf-8")
  set(type_.css "text/css; charset=utf-8")
  set(type_.svg "image/svg+xml")
  set(type_.txt "text/plain; charset=utf-8")
  get_filename_component(extension ${name} LAST_EXT)
  set(file ${work}/${name})
  file(READ ${source}/${name} text)
  if(extension STREQUAL ".html")
    set(modules ${names})
    list(FILTER modules INCLUDE REGEX "\\.js$")
    list(TRANSFORM modules REPLACE "(.+)" "<link rel=\"modulepreload\" href=\"{base}/\\1\">\n")
    list(JOIN modules "" modules)
    string(REPLACE "{modules}" "${modules}" text "${text}")
    string(REPLACE "{base}" "/app/${version}" text "${text}")
    file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
  else()
    configure_file(${source}/${name} ${file} COPYONLY)
  endif()
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 32 hash)
  execute_process(COMMAND ${GZIP} -9nkf ${file} COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${BROTLI} -kf ${file} COMMAND_ERROR_IS_FATAL ANY)
  string(MAKE_C_IDENTIFIER ${name} variable)
  set(members "")
  foreach(form IN ITEMS "" .gz .br)
    string(MAKE_C_IDENTIFIER "${name}${form}_bytes" bytes)
    string(APPEND arrays "inline constexpr char ${bytes}[] = {\n#embed \"${file}${form}\"\n};\n")
    string(APPEND members ", {${bytes}, sizeof ${bytes}}")
  endforeach()
  string(APPEND entries "    {\"${name}\", \"${type_${extension}}\", \"${hash}\"${members}},\n")
endmacro()
