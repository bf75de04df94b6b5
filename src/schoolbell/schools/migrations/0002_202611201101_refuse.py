from django.db import migrations

from schoolbell.kit.refusals import REFUSE_SQL


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_202611201100_school")]

    operations = [migrations.RunSQL(REFUSE_SQL, "DROP FUNCTION schoolbell_refuse(text)")]
