ROW(l."id", l."attributeId", l."required", l."defaultValue", l."createdAt",
                        ROW(a."id", a."name", a."type", a."unit", a."options", a."defaultValue", a."userId"))
